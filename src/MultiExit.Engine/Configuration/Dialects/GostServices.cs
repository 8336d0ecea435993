using System.Globalization;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>A file of gost 3: services with their listeners, and chains of hops. What it says of a service or a node is written as the URL that means the
/// same, so that files and command lines are read in one way.</summary>
internal sealed class GostServices
{
    private static readonly string[] WithoutCounterpart = ["log", "metrics", "profiling", "api"];

    private readonly MapReader _root;
    private readonly ReadContext _context;
    private readonly UrlConverter _urls;
    private readonly UrlHops _hops;
    private readonly HashSet<string> _chains = new(StringComparer.Ordinal);
    private readonly List<(string Inbound, string Chain, SourcePlace Place)> _uses = [];

    private GostServices(MapNode root, ReadContext context)
    {
        _root = new MapReader(root, context, "a configuration of this dialect");
        _context = context;
        _urls = new UrlConverter(context);
        _hops = new UrlHops(_urls.Exits, context);
    }

    /// <summary>Whether a document is such a file.</summary>
    public static bool IsOne(MapNode root) => root.HasAny("services");

    public static MapNode ToNative(MapNode root, ReadContext context) => new GostServices(root, context).Convert();

    private MapNode Convert()
    {
        List<ConfigNode> inbounds = [];
        foreach (MapReader chain in _root.Maps("chains", "a chain")) ReadChain(chain);
        foreach (MapReader service in _root.Maps("services", "a service")) inbounds.AddRange(ReadService(service));
        foreach (string key in WithoutCounterpart)
            if (_root.Take(key) is { } node) _context.Remarks.Add((node.Place, "has no counterpart here"));
        _root.Known("authers");
        _root.Finish();
        NodeBuilder native = new NodeBuilder(_root.Place).AddList("inbounds", inbounds);
        _hops.AddTo(native);
        string[] used = [.. _uses.Select(use => use.Chain).Distinct(StringComparer.Ordinal)];
        // One way for all is the default.
        if (used.Length == 1 && _uses.Count == inbounds.Count) return native.Add("default", used[0]).Build();
        native.AddList("routes", [.. _uses.Select(use => new NodeBuilder(use.Place)
            .AddList("inbounds", [NodeBuilder.Text(use.Place, use.Inbound)]).Add("exit", use.Chain).Build())]);
        return native.Build();
    }

    private MapNode[] ReadService(MapReader service)
    {
        string? name = service.Text("name");
        string? address = service.Require("addr", ListenText.Expected) is { } addr ? _context.Values.Text(addr, ListenText.Expected) : null;
        List<string> options = [];
        (string scheme, string login, string? chain, ConfigNode? users) = ReadHandler(service, options);
        string transport = ReadListener(service, options);
        string? target = ReadTarget(service);
        ReadMetadata(service);
        service.Finish();
        if (address is null) return [];
        bool isForward = scheme is "tcp" or "udp";
        // Without the name of a protocol of its own, the handler of datagrams is the listener's.
        if (isForward && transport == "udp") (scheme, transport) = ("udp", "tcp");
        string url = $"{scheme}{(transport == "tcp" ? "" : $"+{transport}")}://{login}{address}{(target is null ? "" : "/" + target)}";
        if (name is not null && NameText.IsValid(name)) options.Insert(0, $"name={Uri.EscapeDataString(name)}");
        if (options.Count > 0) url += $"?{string.Join('&', options)}";
        MapNode[] inbounds = [.. _urls.ToInbounds(url, service.Place).Cast<MapNode>()];
        if (users is not null)
            inbounds = Array.ConvertAll(inbounds, inbound => inbound with { Entries = [.. inbound.Entries, new("users", users.Place, users)] });
        if (chain is not null && inbounds is [var only]) _uses.Add((((ScalarNode)only.Find("name")!.Value).Text, chain, service.Place));
        return inbounds;
    }

    private (string Scheme, string Login, string? Chain, ConfigNode? Users) ReadHandler(MapReader service, List<string> options)
    {
        if (service.Map("handler", "a handler") is not { } handler) return ("auto", "", null, null);
        string scheme = handler.Text("type") ?? "auto";
        string login = ReadLogin(handler);
        string? chain = handler.Text("chain", "the name of a chain");
        if (chain is not null && !_chains.Contains(chain))
        {
            _context.Errors.Add(handler.Take("chain")!.Place, $"there is no chain {ErrorText.Quote(chain)} that can be used");
            chain = null;
        }
        ConfigNode? users = handler.Text("auther", "the name of an auther") is { } auther ? ReadUsers(auther, handler.Take("auther")!.Place) : null;
        ReadMetadata(handler, options);
        handler.Finish();
        return (scheme, login, chain, users);
    }

    private MapNode? ReadUsers(string auther, SourcePlace place)
    {
        List<MapEntry> users = [];
        foreach (MapReader reader in _root.Maps("authers", "an auther"))
        {
            bool isIt = reader.Text("name") == auther;
            foreach (MapReader user in reader.Maps("auths", "a user"))
            {
                string? name = user.Text("username");
                ConfigNode? password = user.Take("password");
                user.Finish();
                if (isIt && name is not null && password is not null)
                    users.Add(new(name, user.Place, new NodeBuilder(user.Place).Add("password", password).Build()));
            }
            reader.Finish();
        }
        if (users.Count > 0) return new MapNode(place, users);
        _context.Errors.Add(place, "there is no auther of that name with users in `auths`");
        return null;
    }

    private string ReadListener(MapReader service, List<string> options)
    {
        if (service.Map("listener", "a listener") is not { } listener) return "tcp";
        string transport = listener.Text("type") ?? "tcp";
        if (listener.Map("tls", "tls of a listener") is { } tls)
        {
            AddOption(options, "cert", tls.Text("certFile"));
            AddOption(options, "cert_key", tls.Text("keyFile"));
            tls.Finish();
        }
        // A listener with TLS has a certificate of its own making there.
        else if (transport == "tls")
        {
            options.Add("self_signed=true");
        }
        ReadMetadata(listener);
        listener.Finish();
        return transport;
    }

    private string? ReadTarget(MapReader service)
    {
        if (service.Map("forwarder", "a forwarder") is not { } forwarder) return null;
        List<string> targets = [];
        foreach (MapReader node in forwarder.Maps("nodes", "a target"))
        {
            node.Known("name");
            if (node.Text("addr", "a host and a port") is { } address) targets.Add(address);
            node.Finish();
        }
        if (targets.Count > 1) _context.Errors.Add(forwarder.Place, "has several targets for one port; expected one");
        forwarder.Finish();
        return targets.Count == 0 ? null : targets[0];
    }

    private void ReadChain(MapReader chain)
    {
        string name = chain.Text("name") ?? "forward";
        MapReader[] hops = [.. chain.Maps("hops", "a hop")];
        string? last = null;
        for (int i = 0; i < hops.Length; i++)
        {
            string own = i == hops.Length - 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-hop-{i + 1}");
            hops[i].Known("name");
            List<(string Url, SourcePlace Place)> nodes = [.. hops[i].Maps("nodes", "a node").Select(node => (ReadNode(node), node.Place))];
            string? strategy = ReadStrategy(hops[i]);
            ReadMetadata(hops[i]);
            hops[i].Finish();
            if (nodes.Count > 0 && _hops.Add(nodes, nodes.Count > 1 ? strategy : null, own, last, hops[i].Place)) last = own;
        }
        if (last == name) _chains.Add(name);
        ReadMetadata(chain);
        chain.Finish();
    }

    private string ReadNode(MapReader node)
    {
        node.Known("name");
        string address = node.Require("addr", "a host and a port") is { } addr ? _context.Values.Text(addr, "a host and a port") ?? "" : "";
        string scheme = "http", login = "", transport = "tcp";
        List<string> options = [];
        if (node.Map("connector", "a connector") is { } connector)
        {
            scheme = connector.Text("type") ?? scheme;
            login = ReadLogin(connector);
            ReadMetadata(connector);
            connector.Finish();
        }
        if (node.Map("dialer", "a dialer") is { } dialer)
        {
            transport = dialer.Text("type") ?? transport;
            if (dialer.Map("tls", "tls of a dialer") is { } tls)
            {
                AddOption(options, "sni", tls.Text("serverName"));
                AddOption(options, "ca", tls.Text("caFile"));
                bool isChecked = tls.Flag("secure") ?? false;
                if (!isChecked) _context.Remarks.Add((tls.Place, "the certificate is checked here, which it is not there without `secure: true`"));
                tls.Finish();
            }
            ReadMetadata(dialer);
            dialer.Finish();
        }
        node.Finish();
        string url = $"{scheme}{(transport == "tcp" ? "" : $"+{transport}")}://{login}{address}";
        return options.Count == 0 ? url : $"{url}?{string.Join('&', options)}";
    }

    private string? ReadStrategy(MapReader hop)
    {
        if (hop.Map("selector", "a selector") is not { } selector) return null;
        string? strategy = selector.Text("strategy");
        foreach (string key in (ReadOnlySpan<string>)["maxFails", "failTimeout"])
            if (selector.Take(key) is { } node) _context.Remarks.Add((node.Place, "`health` of the group says when a member is taken out"));
        selector.Finish();
        return strategy;
    }

    private string ReadLogin(MapReader reader)
    {
        if (reader.Map("auth", "a login", mayBeSecret: true) is not { } auth) return "";
        string? name = auth.Text("username");
        ConfigNode? password = auth.Take("password");
        auth.Finish();
        if (name is null) return "";
        return password is ScalarNode { IsNull: false } secret
            ? $"{Uri.EscapeDataString(name)}:{Uri.EscapeDataString(secret.Text)}@" : $"{Uri.EscapeDataString(name)}@";
    }

    // Options, as a URL has them. What a handler says of UDP and BIND is that of its inbound.
    private void ReadMetadata(MapReader reader, List<string>? options = null)
    {
        if (reader.Take("metadata") is not { } node || node is ScalarNode { IsNull: true }) return;
        if (node is not MapNode metadata)
        {
            _context.Values.Expect(node, "a mapping");
            return;
        }
        foreach (MapEntry entry in metadata.Entries)
        {
            if (options is not null && (entry.Key is "udp" or "bind"))
                AddOption(options, entry.Key, _context.Values.Text(entry.Value, "true or false"));
            else if (GostNames.MetadataRefusal(entry.Key) is { } refusal) _context.Errors.Add(entry.KeyPlace, refusal);
            else _context.Remarks.Add((entry.KeyPlace, "has no counterpart here"));
        }
    }

    private static void AddOption(List<string> options, string name, string? value)
    {
        if (value is not null) options.Add($"{name}={Uri.EscapeDataString(value)}");
    }
}
