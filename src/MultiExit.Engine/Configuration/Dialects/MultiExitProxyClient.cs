using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The client file of multiexit-proxy: local proxies whose traffic goes out through a tunnel.</summary>
internal static class MultiExitProxyClient
{
    private const string Exit = "server";

    public static MapNode ToNative(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a client configuration of this dialect");
        NodeBuilder native = new(root.Place);
        native.AddList("inbounds", ReadLocal(reader));
        ConfigNode key = MultiExitProxyAuth.ReadKey(reader);
        if (reader.Require("server", "`address` beneath it") is not null && reader.Map("server", "server") is { } server)
        {
            ConfigNode? address = server.Require("address", "the host and port of the server");
            ConfigNode? sni = server.Take("sni");
            server.Finish();
            // The type gets the place of the address, since the address is what makes it a tunnel.
            if (address is not null)
            {
                NodeBuilder exit = new NodeBuilder(address.Place).Add("name", Exit).Add("type", "tunnel")
                    .Add("server", address).Add("sni", sni).Add("key", key);
                native.AddList("exits", [exit.Build()]).Add("default", Exit);
            }
        }
        native.Add("logging", MultiExitProxyLogging.ToNative(reader));
        reader.Finish();
        return native.Build();
    }

    private static List<ConfigNode> ReadLocal(MapReader root)
    {
        List<ConfigNode> inbounds = [];
        if (root.Require("local", "`socks5` or `http` beneath it") is null || root.Map("local", "local") is not { } reader) return inbounds;
        foreach (string type in (ReadOnlySpan<string>)["socks5", "http"])
        {
            if (reader.Take(type) is { } listen) inbounds.Add(new NodeBuilder(listen.Place).Add("name", type).Add("type", type).Add("listen", listen).Build());
        }
        if (inbounds.Count == 0) reader.Require("socks5", $"`socks5` or `http`: {ListenText.Expected}");
        reader.Finish();
        return inbounds;
    }
}
