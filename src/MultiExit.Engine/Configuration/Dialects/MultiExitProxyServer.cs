using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The server file of multiexit-proxy: a tunnel listener and several exit addresses.</summary>
internal static class MultiExitProxyServer
{
    private const string Pool = "pool";

    public static MapNode ToNative(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a server configuration of this dialect");
        NodeBuilder native = new(root.Place);
        MapNode? inbound = ReadServer(reader, MultiExitProxyAuth.ReadKey(reader));
        native.AddList("inbounds", inbound is null ? [] : [inbound]);
        AddExits(reader, native);
        AddSnat(reader, native);
        native.Add("logging", MultiExitProxyLogging.ToNative(reader));
        reader.Finish();
        return native.Build();
    }

    private static MapNode? ReadServer(MapReader root, ConfigNode? key)
    {
        if (root.Require("server", "`listen` beneath it") is null || root.Map("server", "server") is not { } reader) return null;
        ConfigNode? listen = reader.Require("listen", ListenText.Expected);
        ConfigNode tls = ReadTls(reader);
        reader.Finish();
        // The type gets the place of `listen`: the listener is what makes it a tunnel.
        return listen is null ? null : new NodeBuilder(listen.Place).Add("name", "tunnel").Add("type", "tunnel").Add("listen", listen)
            .Add("tls", tls).Add("key", key).Build();
    }

    private static ConfigNode ReadTls(MapReader server)
    {
        // Without it the errors for the missing files stand at server.tls.
        if (server.Take("tls") is not { } node) return new MapNode(server.Place with { Path = server.Place.PathOf("tls") }, []);
        if (server.Map("tls", "server.tls") is not { } reader) return node;
        // Clients choose which name they show. This server takes every name, so any value of these two keys is satisfied.
        reader.Flag("sni_fake");
        if (reader.Take("fake_snis") is { } names) ServerNames.Read(server.Context, names);
        MapNode tls = new NodeBuilder(reader.Place).Add("cert", reader.Take("cert")).Add("key", reader.Take("key")).Build();
        reader.Finish();
        return tls;
    }

    private static void AddExits(MapReader root, NodeBuilder native)
    {
        MapReader? strategy = root.Map("strategy", "strategy");
        string? type = strategy?.Choice("type", "round_robin", "port_based", "destination_based");
        HashSet<string> addresses = new(StringComparer.Ordinal);
        List<ConfigNode> exits = [];
        List<ConfigNode> members = [];
        if (root.Take("exit_ips") is { } node)
        {
            foreach (ConfigNode item in root.Context.Values.Values(node, "a list of the addresses to go out from"))
            {
                if (root.Context.Values.Text(item, "an IP address") is not { } text) continue;
                if (!addresses.Add(text))
                {
                    root.Context.Errors.Add(item.Place, $"{ErrorText.Quote(text)} stands in the list twice; expected it once");
                    continue;
                }
                string name = AddressText.TryParse(text, out _) ? text : $"exit-{exits.Count + 1}";
                exits.Add(new NodeBuilder(item.Place).Add("name", name).Add("type", "direct").Add("address", item).Build());
                members.Add(NodeBuilder.Text(item.Place, name));
            }
        }
        native.AddList("exits", exits);
        List<ConfigNode> ranges = strategy is null ? [] : ReadPortRanges(strategy, addresses, type);
        strategy?.Finish();
        if (members.Count == 0) return;
        NodeBuilder group = new NodeBuilder(members[0].Place).Add("name", Pool).AddList("exits", members);
        if (type == "destination_based" || ranges.Count > 0) group.Add("strategy", strategy!.Take("type")).AddList("port_ranges", ranges);
        native.AddList("groups", [group.Build()]).Add("default", Pool);
    }

    // Ports outside every range go out through all addresses in turn; without a range that is all of them.
    private static List<ConfigNode> ReadPortRanges(MapReader strategy, HashSet<string> addresses, string? type)
    {
        List<ConfigNode> ranges = [];
        if (type == "port_based") strategy.Require("port_ranges", "a list of { range, ip }");
        foreach (MapReader reader in strategy.Maps("port_ranges", "a port range"))
        {
            ConfigNode? range = reader.Require("range", PortText.ExpectedRange);
            ConfigNode? ip = reader.Require("ip", "an address of exit_ips");
            reader.Finish();
            if (range is null || ip is null || reader.Context.Values.Text(ip, "an address of exit_ips") is not { } address) continue;
            if (!addresses.Contains(address)) reader.Context.Errors.Add(ip.Place, $"{ErrorText.Quote(address)} is not in exit_ips");
            else if (type == "port_based") ranges.Add(new NodeBuilder(range.Place).Add("ports", range).Add("exit", ip).Build());
        }
        return ranges;
    }

    private static void AddSnat(MapReader root, NodeBuilder native)
    {
        if (root.Map("snat", "snat") is not { } reader) return;
        if (reader.Take("enabled") is null)
        {
            // An absent flag is false in this dialect.
            reader.Known("gateway", "interface");
            reader.Finish();
            return;
        }
        native.Add("snat", root.Take("snat"));
    }
}
