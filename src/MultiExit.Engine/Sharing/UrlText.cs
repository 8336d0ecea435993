using System.Globalization;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Sharing;

/// <summary>Writes URLs in the notation that is read.</summary>
internal static class UrlText
{
    /// <summary>A URL.</summary>
    /// <param name="scheme">Its scheme.</param>
    /// <param name="login">User and password; null for none.</param>
    /// <param name="server">Its host and port.</param>
    /// <param name="path">Its path; empty for none.</param>
    /// <param name="options">Its options; those without a value are left out.</param>
    public static string Of(
        string scheme, (string User, Secret? Password)? login, Destination server, string path = "", params ReadOnlySpan<(string Name, string? Value)> options)
    {
        StringBuilder url = new($"{scheme}://");
        if (login is var (user, password))
        {
            url.Append(Uri.EscapeDataString(user));
            if (password is not null) url.Append(':').Append(Uri.EscapeDataString(TextOf(password)));
            url.Append('@');
        }
        url.Append(HostAndPort(server)).Append(path);
        char separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach ((string name, string? value) in options)
        {
            if (value is null) continue;
            // Colons and commas, which lists and fingerprints have, mean nothing in an option.
            string escaped = Uri.EscapeDataString(value).Replace("%3A", ":", StringComparison.Ordinal).Replace("%2C", ",", StringComparison.Ordinal);
            url.Append(separator).Append(name).Append('=').Append(escaped);
            separator = '&';
        }
        return url.ToString();
    }

    /// <summary>The URL of a Shadowsocks server (SIP002): method and password as base64url, those of 2022 percent-encoded.</summary>
    /// <param name="method">The method.</param>
    /// <param name="password">The password.</param>
    /// <param name="server">The server.</param>
    /// <param name="name">Its name for people; null for none.</param>
    public static string Shadowsocks(string method, string password, Destination server, string? name)
    {
        string login = ShadowsocksMethods.Find(method)?.Is2022() == true
            ? $"{method}:{Uri.EscapeDataString(password)}"
            : Base64Url(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{method}:{password}")));
        return $"ss://{login}@{HostAndPort(server)}{(name is null ? "" : $"#{Uri.EscapeDataString(name)}")}";
    }

    /// <summary>The URL of a Lightsocks server: the password, which is base64, as base64url.</summary>
    public static string Lightsocks(string password, Destination server) => $"{LightsocksUrl.Scheme}://{Base64Url(password)}@{HostAndPort(server)}";

    /// <summary>The options of TLS.</summary>
    public static (string Name, string? Value)[] Tls(TlsClientConfig? tls) => tls is null ? [] :
    [
        ("sni", tls.ServerName), ("pin", PinsOf(tls.Pins)), ("insecure", tls.Check == CertificateCheck.None ? "true" : null),
    ];

    /// <summary>Fingerprints as an option; null for none.</summary>
    public static string? PinsOf(IReadOnlyList<string> pins) => pins.Count == 0 ? null
        : string.Join(',', pins.Select(pin => $"sha256:{Convert.ToHexStringLower(Convert.FromHexString(pin))}"));

    /// <summary>The text of a secret.</summary>
    public static string TextOf(Secret secret) => Encoding.UTF8.GetString(secret.Reveal());

    private static string Base64Url(string base64) => base64.TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string HostAndPort(Destination server)
    {
        string host = server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]" : server.Host;
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{server.Port}");
    }
}
