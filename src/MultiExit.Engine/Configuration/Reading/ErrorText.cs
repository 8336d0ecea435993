using System.Text;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Makes text of a configuration safe to show in an error: short, one line, no credentials of a URL.</summary>
internal static class ErrorText
{
    private const int MaxLength = 60;

    /// <summary>The value in quotes.</summary>
    public static string Quote(string value)
    {
        if (EndpointUrl.LooksLike(value)) return $"\"{Clean(ShownUrl.Of(value))}\"";
        // The text before an @ may be user:password, even in text that is not a URL.
        int at = value.LastIndexOf('@');
        return at < 0 ? $"\"{Clean(WithoutTrailingCredentials(value))}\"" : $"\"***{Clean(value[at..])}\"";
    }

    // host:port:user:password, as lists of proxies have it; an IPv6 address has as many colons, yet no other letters.
    private static string WithoutTrailingCredentials(string value)
    {
        int colon = value.IndexOf(':', StringComparison.Ordinal);
        int second = colon < 0 ? -1 : value.IndexOf(':', colon + 1);
        return second < 0 || !value.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF:.[]/") ? value : value[..(second + 1)] + "***";
    }

    /// <summary>Control characters replaced, cut to a length.</summary>
    public static string Clean(string value, int maxLength = MaxLength)
    {
        StringBuilder text = new(Math.Min(value.Length, maxLength + 3));
        foreach (char c in value)
        {
            if (text.Length == maxLength) return text.Append("...").ToString();
            text.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c);
        }
        return text.ToString();
    }

    /// <summary><c>a, b or c</c>, each in quotes.</summary>
    public static string OneOf(IReadOnlyCollection<string> values)
    {
        string[] quoted = [.. values.Select(value => $"\"{value}\"")];
        return quoted.Length < 2 ? string.Concat(quoted) : $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
    }
}
