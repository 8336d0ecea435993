using System.Globalization;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>A file of ss-server, ss-local or ss-tunnel. They have the same keys: with <c>local_port</c> it is that of a client, unless the server is an
/// address to listen on.</summary>
internal static class ShadowsocksFile
{
    private const string Exit = "server";

    // They say how sockets are set up, and nothing that a client or a server of another program would see.
    private static readonly string[] WithoutCounterpart =
    [
        "fast_open", "no_delay", "reuse_port", "mptcp", "nofile", "ipv6_first", "user", "workdir", "nameserver", "keep_alive", "remarks", "tag", "id",
    ];

    /// <summary>Whether a document is such a file.</summary>
    public static bool IsOne(MapNode root) => root.HasAny("server_port") && root.HasAny("password", "method");

    /// <summary>Whether it is that of a client.</summary>
    public static bool IsLocal(MapNode root) => root.HasAny("local_port", "local_address", "tunnel_address")
        && root.Find("server")?.Value is not ScalarNode { Text: "0.0.0.0" or "::" or "::0" or "[::]" };

    public static MapNode ToNative(MapNode root, ReadContext context)
    {
        MapReader reader = new(root, context, "a configuration of this dialect");
        bool isLocal = IsLocal(root);
        NodeBuilder native = new(root.Place);
        List<string> hosts = ReadHosts(reader, isLocal);
        string? port = ReadPort(reader, "server_port");
        ConfigNode? password = reader.Require("password", "the password or key");
        ConfigNode? method = reader.Require("method", "the name of a method");
        // That of programs that are given none.
        string mode = reader.Choice("mode", "tcp_only", "tcp_and_udp", "udp_only") ?? "tcp_only";
        if (mode == "udp_only") context.Errors.Add(reader.Take("mode")!.Place, "there is no inbound for datagrams alone; expected tcp_only or tcp_and_udp");
        if (reader.Take("plugin") is ScalarNode { IsNull: false, Text.Length: > 0 } plugin)
            context.Errors.Add(plugin.Place, "plugins are not started here; tunnel and ech-tunnel hide what they carry in TLS");
        reader.Known("plugin_opts");
        if (reader.Take("acl") is { } acl and not ScalarNode { IsNull: true } and not ScalarNode { Text: "" })
        {
            context.Errors.Add(acl.Place, "access lists are not read here, so a file that names one is refused; in a native document `routes` say which "
                + "destination has which exit or none, and `allow` of an inbound which clients may come");
        }
        foreach (string key in WithoutCounterpart)
            if (reader.Take(key) is { } without) context.Remarks.Add((without.Place, "has no counterpart here"));
        ConfigNode? users = ReadUsers(reader, isLocal);
        ScalarNode? udpIdle = ReadTimeout(reader, "udp_timeout");
        if (udpIdle is not null && mode == "tcp_only")
        {
            context.Remarks.Add((udpIdle.Place, "is about datagrams, which `mode` does not serve"));
            udpIdle = null;
        }
        if (isLocal)
        {
            AddClient(reader, native, hosts.ConvertAll(host => Join(host, port)), mode, (method, password), udpIdle);
        }
        else
        {
            reader.Known("local_port", "local_address");
            native.AddList("inbounds", [.. hosts.Select((host, index) => new NodeBuilder(reader.Take("server")?.Place ?? root.Place)
                .Add("name", Numbered("shadowsocks", index)).Add("type", "shadowsocks").Add("listen", Join(host, port))
                .Add("method", method).Add("password", password)
                .Add("udp", mode == "tcp_only" ? NodeBuilder.Text(root.Place, "false") : null)
                .Add("udp_idle_timeout", udpIdle).Add("users", users).Build())]);
        }
        if (ReadTimeout(reader, "timeout") is { } timeout) native.Add("limits", new NodeBuilder(timeout.Place).Add("idle_timeout", timeout).Build());
        reader.Finish();
        return native.Build();
    }

    private static void AddClient(
        MapReader reader, NodeBuilder native, List<string> servers, string mode, (ConfigNode? Method, ConfigNode? Password) secret, ConfigNode? udpIdle)
    {
        string address = reader.Text("local_address", "an address of this host") ?? "127.0.0.1";
        string listen = Join(address, ReadPort(reader, "local_port"));
        SourcePlace place = (reader.Take("local_port") ?? reader.Take("server"))?.Place ?? reader.Place;
        NodeBuilder inbound = new(place);
        if (reader.Take("tunnel_address") is { } target)
        {
            inbound.Add("name", "forward").Add("type", "forward").Add("listen", listen).Add("target", target);
            if (mode != "tcp_only") inbound.Add("network", "both");
        }
        else
        {
            inbound.Add("name", "socks5").Add("type", "socks5").Add("listen", listen);
            if (mode == "tcp_only") inbound.Add("udp", "false");
        }
        native.AddList("inbounds", [inbound.Add("udp_idle_timeout", udpIdle).Build()]);
        SourcePlace server = reader.Take("server")?.Place ?? reader.Place;
        string[] names = [.. servers.Select((_, index) => Numbered(Exit, index))];
        native.AddList("exits", [.. servers.Select((text, index) => new NodeBuilder(server).Add("name", names[index]).Add("type", "shadowsocks")
            .Add("server", text).Add("method", secret.Method).Add("password", secret.Password).Build())]);
        if (servers.Count > 1)
        {
            native.AddList("groups", [new NodeBuilder(server).Add("name", "servers")
                .AddList("exits", [.. names.Select(name => NodeBuilder.Text(server, name))])
                .Add("retries", Math.Min(servers.Count - 1, 100).ToString(CultureInfo.InvariantCulture)).Build()]);
        }
        if (servers.Count > 0) native.Add("default", servers.Count > 1 ? "servers" : Exit);
    }

    // One host, or a list of them; a server without one listens on all addresses.
    private static List<string> ReadHosts(MapReader reader, bool isLocal)
    {
        const string Expected = "a host or a list of hosts";
        ConfigNode? node = isLocal ? reader.Require("server", Expected) : reader.Take("server");
        if (node is null) return isLocal ? [] : [""];
        IEnumerable<ConfigNode> items = node is ListNode list ? list.Items : [node];
        List<string> hosts = [.. items.Select(item => reader.Context.Values.Text(item, Expected)).OfType<string>()];
        // A listener on [::] takes IPv4 as well here, where ss-server has to be given both.
        if (!isLocal && hosts.Exists(host => host is "::" or "::0" or "[::]")) hosts.RemoveAll(host => host == "0.0.0.0");
        return hosts;
    }

    private static string? ReadPort(MapReader reader, string key) =>
        reader.Require(key, "a port") is { } node ? reader.Context.Values.Text(node, "a port") : null;

    // Users of the methods of 2022, each with a key of its own: [{ name, password }].
    private static MapNode? ReadUsers(MapReader reader, bool isLocal)
    {
        if (reader.Take("users") is not { } node) return null;
        if (isLocal)
        {
            reader.Context.Errors.Add(node.Place, "a client has no users; expected the server's key, a colon and the user's key in `password`");
            return null;
        }
        List<MapEntry> users = [];
        foreach (MapReader user in reader.Maps("users", "a user"))
        {
            string? name = user.Require("name", "a name") is { } text ? reader.Context.Values.Text(text, "a name") : null;
            ConfigNode? key = user.Require("password", "a key as base64");
            user.Finish();
            if (name is null || key is null) continue;
            MapNode keys = new NodeBuilder(key.Place).Add("key", key).Build();
            users.Add(new(name, user.Place, new NodeBuilder(user.Place).Add("psks", keys).Build()));
        }
        return users.Count == 0 ? null : new MapNode(node.Place, users);
    }

    // Seconds, in a number or a text.
    private static ScalarNode? ReadTimeout(MapReader reader, string key)
    {
        if (reader.Take(key) is not { } node) return null;
        string? text = reader.Context.Values.Text(node, "seconds");
        if (text is not null && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            return NodeBuilder.Text(node.Place, string.Create(CultureInfo.InvariantCulture, $"{seconds}s"));
        if (text is not null) reader.Context.Values.Expect(node, "seconds, such as 300");
        return null;
    }

    private static string Numbered(string name, int index) => index == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{index + 1}");

    private static string Join(string host, string? port)
    {
        bool isBare = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[');
        return $"{(host == "::0" ? "[::]" : isBare ? $"[{host}]" : host)}:{port}";
    }
}
