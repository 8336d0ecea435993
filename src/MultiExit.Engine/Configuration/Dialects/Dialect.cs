using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Recognises the dialect of a document by its keys.</summary>
internal static class Dialect
{
    /// <summary>The name of the native schema.</summary>
    public const string Native = "native";

    /// <summary>Makes a document of the native schema.</summary>
    /// <returns>The document and the name of the dialect it was written in.</returns>
    public static (MapNode Root, string Name) ToNative(MapNode root, ReadContext context)
    {
        // A key that only the native schema has settles it: then keys of a dialect are unknown keys and are reported as such.
        if (root.HasAny("inbounds", "exits", "groups", "routes", "default", "dns", "limits", "control", "history")) return (root, Native);
        if (root.HasAny("listen_addr", "upstream_config", "enable_upstream", "auth_users"))
            return (Socks5WebSocketServer.ToNative(root, context), "socks5-websocket-proxy server");
        if (ShadowsocksFile.IsOne(root))
            return (ShadowsocksFile.ToNative(root, context), ShadowsocksFile.IsLocal(root) ? "shadowsocks client" : "shadowsocks server");
        if (GostFile.IsOne(root)) return (GostFile.ToNative(root, context), "gost 2");
        if (GostServices.IsOne(root)) return (GostServices.ToNative(root, context), "gost 3");
        if (root.HasAny("server_addr")) return (Socks5WebSocketClient.ToNative(root, context), "socks5-websocket-proxy client");
        if (root.HasAny("local") || root.Find("server")?.Value is MapNode server && server.HasAny("address"))
            return (MultiExitProxyClient.ToNative(root, context), "multiexit-proxy client");
        if (root.Find("server")?.Value is MapNode || root.HasAny("exit_ips", "strategy", "auth"))
            return (MultiExitProxyServer.ToNative(root, context), "multiexit-proxy server");
        if (LightsocksFile.IsOne(root))
            return (LightsocksFile.ToNative(root, context), LightsocksFile.IsLocal(root) ? "lightsocks local" : "lightsocks server");
        return (root, Native);
    }
}
