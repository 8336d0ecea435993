using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>Origins of web pages as browsers write them in the field <c>Origin</c> (RFC 6454 section 6.2): <c>scheme://host</c>, and the port
/// where it is not the scheme's own.</summary>
internal static class WebOrigin
{
    /// <summary>The key that holds them.</summary>
    public const string Key = "origins";

    /// <summary>Stands for every origin.</summary>
    public const string Any = "*";

    /// <summary>What is expected, for errors.</summary>
    public const string Expected = "the origin of a page such as https://app.example, or \"*\" for all";

    /// <summary>What is wrong with an origin; null when nothing is.</summary>
    /// <param name="text">The origin.</param>
    public static string? Problem(string text)
    {
        if (text == Any) return null;
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon <= 0 || !char.IsAsciiLetter(text[0]) || text.AsSpan(0, colon).ContainsAnyExcept(SchemeChars)) return $"is no origin; expected {Expected}";
        string authority = text[(colon + 3)..];
        if (authority.EndsWith('/')) return "ends with a slash, which browsers do not send";
        int port = authority.LastIndexOf(':');
        if (port >= 0 && authority.IndexOf(']', port) >= 0) port = -1;
        string host = port < 0 ? authority : authority[..port];
        if (!IsHost(host)) return $"is no origin; expected {Expected}";
        if (port < 0) return null;
        if (!ushort.TryParse(authority.AsSpan(port + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) || number == 0)
            return "has no port from 1 to 65535 behind the colon";
        return (text[..colon].ToLowerInvariant(), number) is ("http", 80) or ("https", 443)
            ? "names the scheme's own port, which browsers leave out" : null;
    }

    /// <summary>Whether pages of an origin may come in.</summary>
    /// <param name="allowed">The origins of the configuration.</param>
    /// <param name="origin">The origin of the request.</param>
    public static bool IsAllowed(IReadOnlyList<string> allowed, string origin) =>
        allowed.Any(one => one == Any || one.Equals(origin, StringComparison.OrdinalIgnoreCase));

    /// <summary>Checks the origins of a record.</summary>
    public static void Check(ValueCheck check, IReadOnlyList<string> origins)
    {
        foreach (string origin in origins)
            if (Problem(origin) is { } problem) check.Add(Key, $"{ErrorText.Quote(origin)} {problem}");
    }

    private const string SchemeChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";

    // Browsers send names in their ASCII form.
    private static bool IsHost(string host) => host.Length > 2 && host[0] == '[' && host[^1] == ']'
        ? IPAddress.TryParse(host[1..^1], out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
        : host.Length > 0 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
