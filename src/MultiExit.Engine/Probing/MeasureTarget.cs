using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Probing;

/// <summary>What a measurement talks to at the far end.</summary>
/// <param name="Kind">What it does with what it gets.</param>
/// <param name="Destination">Where it is.</param>
/// <param name="Path">What is asked for, of HTTP; otherwise empty.</param>
public sealed record MeasureTarget(MeasureTargetKind Kind, Destination Destination, string Path = "")
{
    /// <summary>The forms that <see cref="TryParse"/> takes, for errors.</summary>
    public const string Expected = "host:port or echo://host:port (RFC 862), discard://host:port (RFC 863), or http://host/path";

    /// <summary>Reads a target.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MeasureTarget? target)
    {
        ArgumentNullException.ThrowIfNull(text);
        target = null;
        (MeasureTargetKind kind, string rest, int port) = text switch
        {
            _ when Begins(text, "http://", out string rest0) => (MeasureTargetKind.Http, rest0, 80),
            _ when Begins(text, "discard://", out string rest1) => (MeasureTargetKind.Discard, rest1, -1),
            _ when Begins(text, "echo://", out string rest2) => (MeasureTargetKind.Echo, rest2, -1),
            _ => (MeasureTargetKind.Echo, text, -1),
        };
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string path = kind == MeasureTargetKind.Http && slash >= 0 ? rest[slash..] : "";
        string host = kind == MeasureTargetKind.Http && slash >= 0 ? rest[..slash] : rest;
        if (!Destination.TryParse(host, port, out Destination? destination) || destination.Port == 0) return false;
        // It becomes a line of a request.
        if (path.Any(c => c is <= ' ' or >= (char)127)) return false;
        target = new MeasureTarget(kind, destination, kind == MeasureTargetKind.Http && path.Length == 0 ? "/" : path);
        return true;
    }

    /// <summary>The form <c>echo://192.0.2.1:7</c>.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}://{Destination}{Path}";

    private static bool Begins(string text, string scheme, out string rest)
    {
        bool begins = text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        rest = begins ? text[scheme.Length..] : text;
        return begins;
    }
}
