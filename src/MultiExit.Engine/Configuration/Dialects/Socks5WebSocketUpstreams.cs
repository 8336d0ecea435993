using System.Globalization;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>The upstreams of socks5-websocket-proxy. One is an exit, several are a group taken in turn, the next one tried when one fails.</summary>
internal sealed class Socks5WebSocketUpstreams
{
    private const string Group = "upstreams";
    private static readonly string[] Types = ["direct", "socks5", "http", "websocket"];
    private readonly SourcePlace _place;
    private readonly List<ConfigNode> _exits = [];
    private readonly List<ConfigNode> _names = [];

    /// <summary>Reads <c>upstream_config</c>.</summary>
    /// <param name="root">The document.</param>
    /// <param name="enabled">Whether the upstreams are used; if not, only their keys are checked.</param>
    public Socks5WebSocketUpstreams(MapReader root, bool enabled)
    {
        ConfigNode? node = enabled
            ? root.Require("upstream_config", "a list of upstreams, for enable_upstream is true")
            : Socks5WebSocketValues.Given(root, "upstream_config");
        _place = node?.Place ?? root.Place;
        if (node is null) return;
        if (enabled && node is ListNode { Items.Count: 0 }) root.Context.Values.Expect(node, "a list of upstreams, for enable_upstream is true");
        foreach (MapReader reader in root.Maps("upstream_config", "an upstream"))
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"upstream-{_exits.Count + 1}");
            _exits.Add(Read(reader, name, enabled));
            _names.Add(NodeBuilder.Text(reader.Place, name));
        }
    }

    /// <summary>Adds exits, the group and the default.</summary>
    public void AddTo(NodeBuilder native)
    {
        if (_exits.Count == 0) return;
        native.AddList("exits", _exits);
        if (_exits.Count > 1)
        {
            string retries = Math.Min(_exits.Count - 1, 100).ToString(CultureInfo.InvariantCulture);
            native.AddList("groups", [new NodeBuilder(_place).Add("name", Group).AddList("exits", _names).Add("retries", retries).Build()]);
        }
        native.Add("default", _exits.Count > 1 ? NodeBuilder.Text(_place, Group) : _names[0]);
    }

    private MapNode Read(MapReader reader, string name, bool enabled)
    {
        ConfigNode? typeNode = reader.Require("type", ErrorText.OneOf(Types));
        string? type = typeNode is null ? null : reader.Context.Values.Choice(typeNode, Types);
        ConfigNode? address = Socks5WebSocketValues.Given(reader, "proxy_address");
        ConfigNode? username = Socks5WebSocketValues.Given(reader, "proxy_username");
        ConfigNode? password = Socks5WebSocketValues.Given(reader, "proxy_password");
        ConfigNode? timeout = Socks5WebSocketValues.Duration(reader, "timeout");
        ConfigNode? retries = Socks5WebSocketValues.Retries(reader, "retry_count");
        reader.Finish();
        NodeBuilder exit = new NodeBuilder(reader.Place).Add("name", name);
        // An unknown type has been reported already.
        if (type is null) return exit.Add("type", NodeBuilder.Text(reader.Place, "direct")).Build();
        exit.Add("type", typeNode);
        if (type != "direct")
        {
            if (address is null && enabled) reader.Require("proxy_address", "the host and port of the proxy");
            if (address is null) return new NodeBuilder(reader.Place).Add("name", name).Add("type", "direct").Build();
            return exit.Add("server", Socks5WebSocketValues.Server(address, type)).Add("username", username).Add("password", password)
                .Add("timeout", timeout).Add("retries", retries).Build();
        }
        foreach (ConfigNode? extra in (ReadOnlySpan<ConfigNode?>)[address, username, password])
        {
            if (extra is not null && enabled) reader.Context.Errors.Add(extra.Place, "a direct upstream has no proxy; expected the key to be absent or empty");
        }
        return exit.Add("timeout", timeout).Add("retries", retries).Build();
    }
}
