using System.Text;

namespace MultiExit.Engine.Configuration.Values;

/// <summary>A Lightsocks server as a URL: <c>lightsocks://PASSWORD@host:port</c>, the password percent-encoded, or as base64url.</summary>
internal static class LightsocksUrl
{
    /// <summary>The scheme.</summary>
    public const string Scheme = "lightsocks";

    /// <summary>The password of a URL: what stands in the place of the user.</summary>
    /// <returns>Null where there is none.</returns>
    public static string? PasswordOf(EndpointUrl url) => url.Password is not null || url.User is null ? null : Plain(url.User);

    // base64url, with or without its padding, is base64 in which nothing has to be encoded.
    private static string Plain(string text)
    {
        StringBuilder plain = new(text.TrimEnd('='));
        plain.Replace('-', '+').Replace('_', '/');
        while (plain.Length % 4 != 0) plain.Append('=');
        return plain.ToString();
    }
}
