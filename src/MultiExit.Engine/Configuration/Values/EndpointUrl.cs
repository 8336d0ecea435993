using System.Globalization;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>An end point as a URL: <c>scheme+transport://user:pass@host:port/path?option=value</c>.</summary>
internal sealed class EndpointUrl
{
    private EndpointUrl(string scheme)
    {
        int plus = scheme.IndexOf('+', StringComparison.Ordinal);
        Scheme = plus < 0 ? scheme : scheme[..plus];
        Transport = plus < 0 ? null : scheme[(plus + 1)..];
    }

    /// <summary>The scheme before a <c>+</c>, in lower case.</summary>
    public string Scheme { get; }

    /// <summary>The part of the scheme after the <c>+</c>, in lower case.</summary>
    public string? Transport { get; }

    /// <summary>The user, decoded; null for none.</summary>
    public string? User { get; private set; }

    /// <summary>The password, decoded; null where no colon follows the user. Secret.</summary>
    public string? Password { get; private set; }

    /// <summary>The text between the user and the path: host and port, not checked.</summary>
    public string Authority { get; private set; } = "";

    /// <summary>The path with its slash, not decoded; empty for none.</summary>
    public string Path { get; private set; } = "";

    /// <summary>The options after the question mark, decoded, in order, no name twice; a - in a name is read as _.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; private set; } = [];

    /// <summary>Whether text is meant as a URL.</summary>
    public static bool LooksLike(string text) => text.Contains("://", StringComparison.Ordinal);

    /// <summary>Reads a URL.</summary>
    /// <returns>Null when it is read, otherwise what is wrong; never a piece of the URL, which may hold a password.</returns>
    public static string? Parse(string text, out EndpointUrl? url)
    {
        url = null;
        int colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon < 1 || !IsScheme(text.AsSpan(0, colon))) return "is no URL; expected scheme://host:port";
        foreach (char c in text)
            if (c <= ' ' || c == 0x7f) return "has a blank or control character; write it percent-encoded";
        EndpointUrl result = new(text[..colon].ToLowerInvariant());
        string rest = text[(colon + 3)..];
        if (rest.Contains('#', StringComparison.Ordinal)) return "has a # that is not percent-encoded (%23)";
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string hierarchy = question < 0 ? rest : rest[..question];
        int slash = hierarchy.IndexOf('/', StringComparison.Ordinal);
        result.Path = slash < 0 ? "" : hierarchy[slash..];
        string? problem = result.ReadAuthority(slash < 0 ? hierarchy : hierarchy[..slash])
            ?? (question < 0 ? null : result.ReadOptions(rest[(question + 1)..]));
        if (problem is null) url = result;
        return problem;
    }

    private string? ReadAuthority(string authority)
    {
        int at = authority.LastIndexOf('@');
        Authority = authority[(at + 1)..];
        if (at < 0) return Path.Contains('@', StringComparison.Ordinal) ? "has an @ behind a slash; a / in a user or password is written %2F" : null;
        int colon = authority.IndexOf(':', StringComparison.Ordinal);
        bool hasPassword = colon >= 0 && colon < at;
        bool decoded = TryDecode(authority[..(hasPassword ? colon : at)], out string user);
        string password = "";
        if (hasPassword) decoded &= TryDecode(authority[(colon + 1)..at], out password);
        if (!decoded) return "has a % in its user or password that two hex digits do not follow, or octets that are not UTF-8; a % is written %25";
        User = user;
        Password = hasPassword ? password : null;
        return user.Length == 0 ? "has an empty user before the @" : null;
    }

    private string? ReadOptions(string query)
    {
        List<KeyValuePair<string, string>> options = [];
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !TryDecode(part[..equals], out string name) || !TryDecode(part[(equals + 1)..], out string value))
                return "has options that cannot be read; expected ?name=value&name=value";
            name = name.Replace('-', '_');
            if (options.Exists(option => string.Equals(option.Key, name, StringComparison.Ordinal))) return "has an option twice";
            options.Add(new(name, value));
        }
        Options = options;
        return null;
    }

    // Uri.UnescapeDataString leaves a malformed %xx as it is; a password must not change its meaning silently.
    private static bool TryDecode(string text, out string decoded)
    {
        decoded = "";
        List<byte> bytes = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                int length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }
            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
                return false;
            bytes.Add(value);
            i += 2;
        }
        try
        {
            decoded = StrictUtf8.GetString([.. bytes]);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static readonly System.Text.UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiLetter(text[0])) return false;
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return false;
        return true;
    }
}
