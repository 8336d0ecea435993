using System.Net.Sockets;
using System.Reflection;
using System.Text.Json.Serialization;
using MultiExit.Engine.Configuration.Exits;

namespace MultiExit.Engine.Sharing;

/// <summary>The URL of an exit, in the notation that <c>--forward</c> reads.</summary>
public static class ExitUrl
{
    /// <summary>Makes it. What lies before the exit (<c>via</c>), and files, which another machine does not have, are not in it.</summary>
    public static SharedUrl Of(ExitConfig exit)
    {
        ArgumentNullException.ThrowIfNull(exit);
        string? url = exit switch
        {
            DirectExitConfig { Address: { AddressFamily: AddressFamily.InterNetworkV6 } address } => $"direct://[{address}]",
            DirectExitConfig { Address: { } address } => $"direct://{address}",
            DirectExitConfig => "direct://",
            Socks5ExitConfig socks5 => Proxy(socks5, socks5.Tls is null ? "socks5" : "socks5s"),
            HttpExitConfig http => Proxy(http, http.Tls is null ? "http" : "https"),
            WebSocketExitConfig webSocket => Proxy(webSocket, webSocket.Tls is null ? "ws" : "wss", webSocket.Path),
            TunnelExitConfig tunnel => UrlText.Of("tunnel", null, tunnel.Server, "",
            [
                ("psk", UrlText.TextOf(tunnel.Key)),
                (tunnel.ServerNames.Count > 1 ? "fake_snis" : "sni", tunnel.ServerNames.Count == 0 ? null : string.Join(',', tunnel.ServerNames)),
                ("pin", UrlText.PinsOf(tunnel.Pins)),
                ("method", tunnel.Method == TunnelMethodName.ChaCha20Poly1305 ? null : NameOf(tunnel.Method)),
                ("padding", tunnel.Padding ? "true" : null),
            ]),
            EchTunnelExitConfig ech => UrlText.Of(ech.Tls is null ? "ws+ech" : "wss+ech", null, ech.Server, ech.Path,
                [("token", ech.Token is null ? null : UrlText.TextOf(ech.Token)), .. UrlText.Tls(ech.Tls)]),
            ShadowsocksExitConfig shadowsocks =>
                UrlText.Shadowsocks(shadowsocks.Method, UrlText.TextOf(shadowsocks.Password), shadowsocks.Server, shadowsocks.Name),
            LightsocksExitConfig lightsocks => UrlText.Lightsocks(UrlText.TextOf(lightsocks.Password), lightsocks.Server),
            Socks4ExitConfig { HasTls: false } socks4 => Proxy(socks4, socks4.Resolve == NameResolution.Local ? "socks4" : "socks4a"),
            _ => null,
        };
        return url is null ? SharedUrl.None($"an exit of the type {exit.Type} has no URL") : new SharedUrl(url, null);
    }

    private static string Proxy(ProxyExitConfig exit, string scheme, string path = "") => UrlText.Of(
        scheme, exit.Username is null ? null : (exit.Username, exit.Password), exit.Server, path == "/" ? "" : path, UrlText.Tls(exit.Tls));

    private static string NameOf(TunnelMethodName method) =>
        typeof(TunnelMethodName).GetField(method.ToString())?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? "tls";
}
