using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The client file of socks5-websocket-proxy: everything goes through one server. It names no listener, so it gets the embedded default.</summary>
internal static class Socks5WebSocketClient
{
    private const string Exit = "server";

    public static MapNode ToNative(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a client configuration of this dialect");
        ConfigNode? protocolNode = reader.Require("protocol", "\"socks5\" or \"websocket\"");
        string? protocol = protocolNode is null ? null : context.Values.Choice(protocolNode, ["socks5", "websocket"]);
        ConfigNode? address = reader.Require("server_addr", "the host and port of the server");
        ConfigNode? username = Socks5WebSocketValues.Given(reader, "username");
        ConfigNode? password = Socks5WebSocketValues.Given(reader, "password");
        ConfigNode? timeout = Socks5WebSocketValues.Duration(reader, "timeout");
        reader.Finish();

        NodeBuilder native = new(root.Place);
        native.AddList("inbounds", [new NodeBuilder(root.Place).Add("name", "proxy").Add("type", "mixed").Add("listen", "127.0.0.1:1080").Build()]);
        if (protocol is null || address is null) return native.Build();
        NodeBuilder exit = new NodeBuilder(root.Place).Add("name", Exit).Add("type", protocolNode)
            .Add("server", Socks5WebSocketValues.Server(address, protocol))
            .Add("username", username).Add("password", password).Add("timeout", timeout);
        return native.AddList("exits", [exit.Build()]).Add("default", Exit).Build();
    }
}
