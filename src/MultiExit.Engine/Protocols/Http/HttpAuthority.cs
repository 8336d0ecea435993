using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Protocols.Http;

/// <summary>Reads <c>host[:port]</c> of a request target or a Host field (RFC 3986 section 3.2).</summary>
internal static class HttpAuthority
{
    /// <summary>Reads an authority. Port 0 is refused: no server can be reached on it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port when the text has none; negative when it must have one.</param>
    /// <param name="destination">Where it points.</param>
    public static bool TryParse(string text, int defaultPort, [NotNullWhen(true)] out Destination? destination)
    {
        destination = null;
        if (!HttpChars.IsAuthority(text)) return false;
        // IPv6 stands in brackets, and nothing else does; everything else has at most the colon of the port.
        int close = text.IndexOf(']', StringComparison.Ordinal);
        bool wellFormed = text[0] == '['
            ? close > 0 && text.AsSpan(0, close).Contains(':')
            : close < 0 && text.AsSpan().Count(':') <= 1;
        if (!wellFormed) return false;
        // "host:" is a valid way to write the default port.
        if (defaultPort >= 0 && text[^1] == ':') text = text[..^1];
        return Destination.TryParse(text, defaultPort, out destination) && destination.Port != 0
            && (text[0] != '[' || !destination.IsDomain);
    }
}
