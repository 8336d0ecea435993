using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>The types of inbounds and exits that a document may have. The other half of this table is <c>Server/ProtocolTable</c>, by which
/// a server builds inbounds and exits from the records.</summary>
/// <param name="Inbounds">The types of inbounds, in the order in which errors name them.</param>
/// <param name="Exits">The types of exits, in the order in which errors name them.</param>
internal sealed record ConfigSchema(IReadOnlyList<InboundType> Inbounds, IReadOnlyList<ExitType> Exits)
{
    /// <summary>The types of this build.</summary>
    public static ConfigSchema Product { get; } = new(
        [
            new("socks5", typeof(Socks5InboundConfig), Socks5InboundBinder.Read)
            {
                HasUsers = true,
                Urls = [new(["socks5", "socks5h", "socks"], 1080), new(["socks5s", "socks5+tls", "socks5h+tls", "socks+tls"], 1080, Tls: true)],
            },
            new("http", typeof(HttpInboundConfig), HttpInboundBinder.Read)
            {
                HasUsers = true, ColonEndsUser = true, Urls = [new(["http"], 80), new(["https", "http+tls"], 443, Tls: true)],
            },
            new("mixed", typeof(MixedInboundConfig), MixedInboundBinder.Read)
            {
                HasUsers = true, ColonEndsUser = true, Urls = [new(["mixed", "proxy", "auto"]), new(["mixed+tls", "proxy+tls", "auto+tls"], Tls: true)],
            },
            new("websocket", typeof(WebSocketInboundConfig), WebSocketInboundBinder.Read)
            {
                HasUsers = true, Urls = [new(["ws", "websocket"], 80), new(["wss", "ws+tls", "websocket+tls"], 443, Tls: true)],
            },
            new("forward", typeof(ForwardInboundConfig), ForwardInboundBinder.Read)
            {
                Ports = ForwardInboundBinder.NetworkOf, Urls = [new(["tcp"]), new(["udp"]), new(["tcp+tls"], Tls: true)],
            },
            new("transparent", typeof(TransparentInboundConfig), TransparentInboundBinder.Read) { Ports = TransparentInboundBinder.NetworkOf },
            new("tunnel", typeof(TunnelInboundConfig), TunnelInboundBinder.Read) { Urls = [new(["tunnel", "tunnel+tls"], 443, Tls: true)] },
            new("ech-tunnel", typeof(EchTunnelInboundConfig), EchTunnelInboundBinder.Read)
            {
                HasTokens = true,
                Urls =
                [
                    new(["ws+ech"], 80) { InEchTunnelNotation = "ws", IsNamed = false },
                    new(["wss+ech", "ech", "ech-tunnel"], 443, Tls: true) { InEchTunnelNotation = "wss" },
                ],
            },
            new("lightsocks", typeof(LightsocksInboundConfig), LightsocksBinder.ReadInbound)
            {
                HasUsers = true, Urls = [new([LightsocksUrl.Scheme])],
            },
            new("shadowsocks", typeof(ShadowsocksInboundConfig), ShadowsocksInboundBinder.Read) { Ports = ShadowsocksInboundBinder.NetworkOf },
        ],
        [
            new("direct", typeof(DirectExitConfig), DirectExitBinder.Read) { Urls = [new(["direct"])] },
            new("socks5", typeof(Socks5ExitConfig), Socks5ExitBinder.Read) { HasLogin = true },
            new("http", typeof(HttpExitConfig), HttpExitBinder.Read) { HasLogin = true },
            new("tunnel", typeof(TunnelExitConfig), TunnelExitBinder.Read),
            new("websocket", typeof(WebSocketExitConfig), WebSocketExitBinder.Read) { HasLogin = true },
            new("ech-tunnel", typeof(EchTunnelExitConfig), EchTunnelExitBinder.Read),
            new("shadowsocks", typeof(ShadowsocksExitConfig), ShadowsocksExitBinder.Read) { Urls = [new(["ss"])] },
            new("lightsocks", typeof(LightsocksExitConfig), LightsocksBinder.ReadExit),
            new("socks4", typeof(Socks4ExitConfig), Socks4ExitBinder.Read) { Urls = [new(["socks4"], 1080), new(["socks4a"], 1080)] },
        ]);

    /// <summary>The line of an inbound; null when there is none.</summary>
    public InboundType? Inbound(string word) => Inbounds.FirstOrDefault(type => type.Word == word);

    /// <summary>The line of an exit; null when there is none.</summary>
    public ExitType? Exit(string word) => Exits.FirstOrDefault(type => type.Word == word);

    /// <summary>Finds the inbound and the exit that a URL's scheme stands for.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="isEchTunnel">Whether the notation is that of ech-tunnel, in which ws and wss are ECH tunnels.</param>
    /// <returns>Null when it is unknown.</returns>
    public UrlScheme? SchemeOf(EndpointUrl url, bool isEchTunnel = false)
    {
        string name = url.Transport is null ? url.Scheme : $"{url.Scheme}+{url.Transport}";
        (string Word, UrlNames Urls)[] all = [.. Urls];
        (string Word, UrlNames Urls) found = isEchTunnel ? Array.Find(all, line => line.Urls.InEchTunnelNotation == name) : default;
        if (found.Urls is null) found = Array.Find(all, line => line.Urls.Names.Contains(name, StringComparer.Ordinal));
        if (found.Urls is { } urls) return new(found.Word, urls.Tls, DefaultPort: urls.DefaultPort);
        return GostNames.RefusalOf(url.Scheme, url.Transport) is { } refusal ? new("", Refusal: refusal) : null;
    }

    /// <summary>The schemes by which errors name a choice of types, those with TLS apart.</summary>
    public IEnumerable<string> SchemesOf(Func<string, bool> choice, bool tls) =>
        Urls.Where(line => choice(line.Word) && line.Urls.Tls == tls && line.Urls.IsNamed).Select(line => line.Urls.Names[0]);

    private IEnumerable<(string Word, UrlNames Urls)> Urls => Inbounds.SelectMany(type => type.Urls.Select(urls => (type.Word, urls)))
        .Concat(Exits.SelectMany(type => type.Urls.Select(urls => (type.Word, urls))));
}
