using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>The URL of a resolver (RFC 8484 section 4.1).</summary>
internal static class DohUrl
{
    private const string Template = "{?dns}"; // how the operators of resolvers write their URLs: https://dns.example/dns-query{?dns}

    /// <summary>Reads one: https, without user, query and fragment.</summary>
    /// <param name="text">The text.</param>
    /// <param name="url">The URL.</param>
    /// <param name="mayBePlain">Whether http will do.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url, bool mayBePlain = false)
    {
        if (text.EndsWith(Template, StringComparison.Ordinal)) text = text[..^Template.Length];
        return Uri.TryCreate(text, UriKind.Absolute, out url) && IsGood(url, mayBePlain);
    }

    /// <summary>Whether a URL is that of a resolver.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="mayBePlain">Whether an http URL is allowed.</param>
    public static bool IsGood(Uri url, bool mayBePlain = false) => url is { IsAbsoluteUri: true }
        && (url.Scheme == Uri.UriSchemeHttps || (mayBePlain && IsPlain(url))) && url.Host.Length > 0
        && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;

    /// <summary>Whether anybody on the way sees what is asked there, and can change the answer.</summary>
    public static bool IsPlain(Uri url) => url.Scheme == Uri.UriSchemeHttp;
}
