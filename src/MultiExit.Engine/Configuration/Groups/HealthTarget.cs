using System.Globalization;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Groups;

/// <summary>What a health probe asks for: a TCP connection, or an HTTP response.</summary>
public sealed record HealthTarget
{
    /// <summary>The forms of a target, for an error that says what was expected.</summary>
    internal const string Expected = "tcp://host:port, http://host/path or https://host/path";

    /// <summary>Host and port.</summary>
    public required Destination Destination { get; init; }

    /// <summary>The path with its query, as it is sent; null for a TCP connection and nothing more.</summary>
    public string? Path { get; init; }

    /// <summary>Whether HTTP goes through TLS; the certificate is checked.</summary>
    public bool Tls { get; init; }

    /// <summary>The lowest status that is a success (default 200).</summary>
    public int MinStatus { get; init; } = 200;

    /// <summary>The highest status that is a success (default 399).</summary>
    public int MaxStatus { get; init; } = 399;

    /// <summary>Reads <c>tcp://host:port</c>, <c>http://host:port/path</c> or <c>https://host:port/path</c>.</summary>
    /// <exception cref="ProxyException">The text has none of these forms; the message says what is wrong.</exception>
    public static HealthTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? problem = Read(text, out HealthTarget? target);
        return problem is null ? target! : throw new ProxyException(ProxyError.InvalidConfiguration, $"the target {problem}");
    }

    /// <summary>The text that it was read from.</summary>
    public override string ToString() => Path is null ? $"tcp://{Destination}" : $"{(Tls ? "https" : "http")}://{Authority}{Path}";

    /// <summary>The host, and the port where it is not the scheme's own.</summary>
    internal string Authority => Destination.ToString() is var full && Destination.Port == (Tls ? 443 : 80) ? full[..full.LastIndexOf(':')] : full;

    /// <summary>Reads a target.</summary>
    /// <returns>Null when it is read, otherwise what is wrong, to follow the words "the target".</returns>
    internal static string? Read(string text, out HealthTarget? target)
    {
        target = null;
        if (!EndpointUrl.LooksLike(text)) return $"is no URL; expected {Expected}";
        if (EndpointUrl.Parse(text, out EndpointUrl? url) is { } problem) return problem;
        int defaultPort = url switch
        {
            { Transport: not null } => 0,
            { Scheme: "tcp" } => -1,
            { Scheme: "http" } => 80,
            { Scheme: "https" } => 443,
            _ => 0,
        };
        if (defaultPort == 0) return $"has an unknown scheme; expected {Expected}";
        if (url!.User is not null) return "has a user; a probe logs in nowhere";
        if (!Destination.TryParse(url.Authority, defaultPort, out Destination? destination) || destination.Port == 0)
            return $"has no host and port that can be read; expected {Expected}";
        string path = text[(text.IndexOf("://", StringComparison.Ordinal) + 3 + url.Authority.Length)..];
        if (defaultPort < 0 && path is not ("" or "/")) return "has a path; tcp:// takes none";
        if (path.Any(c => !char.IsAscii(c))) return "has letters in its path that must be percent-encoded";
        target = new HealthTarget { Destination = destination };
        if (defaultPort > 0) target = target with { Path = path.StartsWith('/') ? path : "/" + path, Tls = defaultPort == 443 };
        return null;
    }

    /// <summary>Reads a status (<c>204</c>) or a class of them (<c>2xx</c>).</summary>
    internal static bool TryParseStatus(string text, out int min, out int max)
    {
        min = max = 0;
        if (text.Length != 3 || text[0] is < '1' or > '5') return false;
        if (string.Equals(text[1..], "xx", StringComparison.Ordinal))
        {
            min = (text[0] - '0') * 100;
            max = min + 99;
            return true;
        }
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out min)) return false;
        max = min;
        return true;
    }
}
