using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration;

/// <summary>URLs as they are shown, in errors, logs and objects: without user, password and options, which may hold keys and tokens.
/// Text that cannot be parsed as a URL is treated alike: every part that is not known to be harmless is left out.</summary>
public static class ShownUrl
{
    private const string Mask = "***";
    private const int MaxLength = 200;

    /// <summary>A URL, or text in the place of one.</summary>
    /// <returns><c>socks5://***@host:1080/path?***</c>, at most 200 characters on one line.</returns>
    public static string Of(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        int colon = url.IndexOf("://", StringComparison.Ordinal);
        if (colon < 0) return ErrorText.Clean(WithoutScheme(url), MaxLength);
        string scheme = url[..colon];
        return scheme.Length > 0 && scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.')
            ? ErrorText.Clean($"{scheme}://{WithoutScheme(url[(colon + 3)..])}", MaxLength)
            : Mask;
    }

    /// <summary>Text of another meaning, a path or a name, that may be a URL by mistake.</summary>
    /// <returns>The text as it is, unless it looks like a URL or begins with <c>user:password@</c>: then as <see cref="Of"/>.</returns>
    public static string IfUrl(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EndpointUrl.LooksLike(text) || HasLogin(text) ? Of(text) : text;
    }

    // A colon before the last @, and no slash before the colon, which paths have. The password may have one. C:\x@y is a path.
    private static bool HasLogin(string text)
    {
        int at = text.LastIndexOf('@');
        int colon = at < 0 ? -1 : text.AsSpan(0, at).IndexOf(':');
        return colon > 0 && !text.AsSpan(0, colon).ContainsAny('/', '\\') && !(colon == 1 && text.AsSpan(2).StartsWith('\\'));
    }

    private static string WithoutScheme(string rest)
    {
        int at = rest.LastIndexOf('@');
        int options = rest.AsSpan().IndexOfAny('?', '#');
        // Either of the two may be part of a password, and the @ part of an option: which one cannot be known.
        if (options >= 0 && options < at) return Mask;
        string shown = rest[(at + 1)..(options < 0 ? rest.Length : options)];
        int slash = shown.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? shown : shown[..slash];
        return (at < 0 ? "" : Mask + "@") + (IsHostAndPort(authority) ? shown : authority[..authority.IndexOf(':', StringComparison.Ordinal)] + ":" + Mask)
            + (options < 0 ? "" : "?" + Mask);
    }

    // host, host:port, :port, [v6]:port or v6. A password in the place of a port, or after it, matches none of these.
    private static bool IsHostAndPort(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        bool isV6 = host.Contains(':', StringComparison.Ordinal);
        return colon < 0
            || (isV6 ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.' or '[' or ']' or '%')
                : text.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0);
    }
}
