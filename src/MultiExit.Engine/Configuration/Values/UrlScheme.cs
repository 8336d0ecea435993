namespace MultiExit.Engine.Configuration.Values;

/// <summary>What the scheme of an end point URL stands for.</summary>
/// <param name="Type">A type of the native schema, or <c>direct</c>.</param>
/// <param name="Tls">Whether TLS lies beneath.</param>
/// <param name="NotYet">The feature it needs that this build lacks; null for none.</param>
/// <param name="DefaultPort">The port of an upstream that names none; 0: it must name one.</param>
internal sealed record UrlScheme(string Type, bool Tls = false, string? NotYet = null, int DefaultPort = 0)
{
    /// <summary>Finds the meaning of a URL's scheme.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="isEchTunnel">In the notation of ech-tunnel: ws and wss are ECH tunnels.</param>
    /// <returns>Null when it is unknown.</returns>
    public static UrlScheme? Of(EndpointUrl url, bool isEchTunnel = false) => (url.Scheme, url.Transport) switch
    {
        ("socks5" or "socks5h", null) => new("socks5", DefaultPort: 1080),
        ("socks5s", null) or ("socks5" or "socks5h", "tls") => new("socks5", Tls: true, DefaultPort: 1080),
        ("http", null) => new("http", DefaultPort: 80),
        ("https", null) or ("http", "tls") => new("http", Tls: true, DefaultPort: 443),
        ("mixed" or "proxy", null) => new("mixed"),
        ("mixed" or "proxy", "tls") => new("mixed", Tls: true),
        ("tcp", null) => new("forward"),
        ("tcp", "tls") => new("forward", Tls: true),
        ("direct", null) => new("direct"),
        ("ws", "ech") => EchTunnel(tls: false),
        ("wss", "ech") or ("ech" or "ech-tunnel", null) => EchTunnel(tls: true),
        ("ws" or "wss", null) when isEchTunnel => EchTunnel(url.Scheme == "wss"),
        ("ws" or "websocket", null) => new("websocket", DefaultPort: 80),
        ("wss", null) or ("ws" or "websocket", "tls") => new("websocket", Tls: true, DefaultPort: 443),
        (_, "ws" or "wss") => new("websocket", NotYet: "another protocol inside a WebSocket; its own scheme is ws or wss"),
        ("tunnel", null or "tls") => new("tunnel", Tls: true, DefaultPort: 443),
        _ => null,
    };

    private static UrlScheme EchTunnel(bool tls) => new("ech-tunnel", Tls: tls, DefaultPort: tls ? 443 : 80);
}
