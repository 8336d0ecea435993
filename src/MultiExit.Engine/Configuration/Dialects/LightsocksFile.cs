using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>A file of lightsocks, <c>{listen, remote, password}</c>: with <c>remote</c> that of its local side, whose clients speak SOCKS5,
/// else that of its server.</summary>
internal static class LightsocksFile
{
    private const string Exit = "remote";

    // Where the local side of deployed programs listens when the file says nothing.
    private const string DefaultListen = ":7448";

    /// <summary>Whether a document is such a file.</summary>
    public static bool IsOne(MapNode root) => root.HasAny("password") && root.HasAny("listen", "remote");

    /// <summary>Whether it is that of the local side.</summary>
    public static bool IsLocal(MapNode root) => root.Find("remote")?.Value is not (null or ScalarNode { IsNull: true } or ScalarNode { Text: "" });

    /// <summary>Makes a document of the native schema.</summary>
    public static MapNode ToNative(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a configuration of this dialect");
        NodeBuilder native = new(root.Place);
        bool isLocal = IsLocal(root);
        ConfigNode? remote = reader.Take("remote");
        ConfigNode? listen = reader.Take("listen");
        if (listen is null or ScalarNode { Text: "" })
            listen = isLocal ? NodeBuilder.Text(root.Place, DefaultListen) : reader.Require("listen", ListenText.Expected);
        ConfigNode? password = reader.Require("password", "the password of lightsocks");
        reader.Finish();
        if (listen is null || password is null) return native.Build();
        string type = isLocal ? "socks5" : "lightsocks";
        NodeBuilder inbound = new NodeBuilder(listen.Place).Add("name", type).Add("type", type).Add("listen", listen);
        if (isLocal)
        {
            // Datagrams cannot go that way, and no file says that they may.
            inbound.Add("udp", "false");
            NodeBuilder exit = new NodeBuilder(remote!.Place)
                .Add("name", Exit).Add("type", "lightsocks").Add("server", Server(remote)).Add("password", password);
            native.AddList("exits", [exit.Build()]).Add("default", Exit);
        }
        else
        {
            inbound.Add("password", password);
        }
        return native.AddList("inbounds", [inbound.Build()]).Build();
    }

    // A port alone is one of this host.
    private static ConfigNode Server(ConfigNode remote) =>
        remote is ScalarNode { Text: [':', ..] } scalar ? NodeBuilder.Text(remote.Place, $"127.0.0.1{scalar.Text}") : remote;
}
