using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The server file of socks5-websocket-proxy: one listener, its users, and upstream proxies taken in turn.</summary>
internal static class Socks5WebSocketServer
{
    public static MapNode ToNative(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a server configuration of this dialect");
        NodeBuilder native = new(root.Place);
        ConfigNode? inbound = ReadInbound(reader);
        native.AddList("inbounds", inbound is null ? [] : [inbound]);
        ConfigNode? timeout = Socks5WebSocketValues.Duration(reader, "timeout");
        bool enabled = ReadEnabled(reader);
        Socks5WebSocketUpstreams upstreams = new(reader, enabled);
        if (enabled) upstreams.AddTo(native);
        if (timeout is not null) native.Add("limits", new NodeBuilder(timeout.Place).Add("handshake_timeout", timeout).Add("connect_timeout", timeout).Build());
        reader.Finish();
        return native.Build();
    }

    private static MapNode? ReadInbound(MapReader root)
    {
        ConfigNode? protocolNode = root.Require("protocol", "\"socks5\" or \"websocket\"");
        string? protocol = protocolNode is null ? null : root.Context.Values.Choice(protocolNode, ["socks5", "websocket"]);
        ConfigNode? listen = root.Require("listen_addr", ListenText.Expected) is { } node ? ReadListen(node, protocol, root.Context) : null;
        ConfigNode? users = ReadUsers(root);
        return protocol is null || listen is null
            ? null
            : new NodeBuilder(root.Place).Add("name", protocol).Add("type", protocol).Add("listen", listen).Add("users", users).Build();
    }

    private static ScalarNode? ReadListen(ConfigNode node, string? protocol, ReadContext context)
    {
        if (context.Values.Text(node, ListenText.Expected) is not { } text) return null;
        if (!EndpointUrl.LooksLike(text)) return (ScalarNode)node;
        string? problem = EndpointUrl.Parse(text, out EndpointUrl? url);
        string own = protocol == "websocket" ? "ws" : "socks5";
        problem ??= url!.Scheme is "tls" or "socks5s" or "wss" ? "asks for TLS, for which this dialect has no certificate; use the native schema"
            : url.Scheme is not ("tcp" or "ws" or "socks5") || url.Transport is not null ? $"has an unknown scheme; expected tcp:// or {own}://"
            : protocol is not null && url.Scheme != "tcp" && url.Scheme != own
                ? $"has a scheme of another protocol than `protocol` says; expected tcp:// or {own}://"
            : url.User is not null ? "has a user; users stand in auth_users"
            : url.Path is not ("" or "/") || url.Options.Count > 0 ? "has a path or options; expected tcp://address:port" : null;
        if (problem is null) return NodeBuilder.Text(node.Place, url!.Authority);
        context.Errors.Add(node.Place, $"the URL {problem}");
        return null;
    }

    private static MapNode? ReadUsers(MapReader root)
    {
        if (Socks5WebSocketValues.Given(root, "auth_users") is not { } node) return null;
        if (node is not MapNode map)
        {
            root.Context.Values.Expect(node, "a mapping of users to passwords", mayBeSecret: true);
            return null;
        }
        if (map.Entries.Count == 0) return null;
        return new(map.Place, [.. map.Entries.Select(user => user with
        {
            Value = new MapNode(user.Value.Place, [new MapEntry("password", user.KeyPlace, user.Value)]),
        })]);
    }

    private static bool ReadEnabled(MapReader root)
    {
        ConfigNode? upstreams = root.Take("upstream_config");
        if (root.Take("enable_upstream") is ScalarNode { IsNull: false } node) return root.Context.Values.Flag(node) ?? false;
        // False by default there; but upstreams that are silently not used would surprise.
        if (upstreams is ListNode { Items.Count: > 0 }) root.Require("enable_upstream", "true, to use upstream_config, or false, to go out directly");
        return false;
    }
}
