using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>The URL of a resolver (RFC 8484 section 4.1).</summary>
internal static class DohUrl
{
    private const string Template = "{?dns}"; // how the operators of resolvers write their URLs: https://dns.example/dns-query{?dns}

    /// <summary>Reads one: https, without user, query and fragment.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url)
    {
        if (text.EndsWith(Template, StringComparison.Ordinal)) text = text[..^Template.Length];
        return Uri.TryCreate(text, UriKind.Absolute, out url) && IsGood(url);
    }

    /// <summary>Whether a URL is that of a resolver.</summary>
    public static bool IsGood(Uri url) => url is { IsAbsoluteUri: true } && url.Scheme == Uri.UriSchemeHttps && url.Host.Length > 0
        && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;
}
