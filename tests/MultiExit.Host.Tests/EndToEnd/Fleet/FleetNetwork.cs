using System.Globalization;
using System.Text.RegularExpressions;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;
using MultiExit.Host.Tests.EndToEnd.Namespaces;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>Three nodes and a PostgreSQL, each in a network namespace of its own, and a world with clients and targets.</summary>
/// <remarks>The world is 10.76.0.2 and more, node n is 10.76.0.1n to it; the store is 10.77.0.2, node n is 10.77.0.1n to it. The two networks
/// have nothing in common, so that the way to the store can be cut without touching clients.</remarks>
internal sealed partial class FleetNetwork : IAsyncDisposable
{
    public const int Nodes = 3;
    public const string WorldAddress = "10.76.0.2";
    private const string StoreAddress = "10.77.0.2";
    private static int _count;

    private readonly List<NamespaceHost> _spaces = [];
    private readonly List<NamespaceProxy?> _proxies = [];
    private readonly List<ControlClient> _controls = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mxnodes-");
    private readonly NamespaceHost _hub;
    private string _inbounds = "", _fleet = "";

    private FleetNetwork()
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"mxf-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        _hub = Add($"{prefix}-hub");
        foreach (string bridge in (string[])["front", "back"])
        {
            _hub.Do($"ip link add {bridge} type bridge");
            _hub.Do($"ip link set {bridge} up");
        }
        World = Add($"{prefix}-world");
        Connect(World, "front", "world", WorldAddress);
        foreach (int client in Enumerable.Range(100, 20)) World.Do($"ip addr add 10.76.0.{client}/24 dev front");
        StoreSpace = Add($"{prefix}-store");
        Connect(StoreSpace, "back", "store", StoreAddress);
        for (int n = 0; n < Nodes; n++)
        {
            NamespaceHost node = Add($"{prefix}-node{n}");
            Connect(node, "front", $"f{n}", FrontOf(n));
            Connect(node, "back", $"b{n}", $"10.77.0.1{n}");
            _proxies.Add(null);
            _controls.Add(new ControlClient(Path.Combine(_folder.FullName, $"{NameOf(n)}.sock")));
        }
    }

    /// <summary>Where clients and targets are.</summary>
    public NamespaceHost World { get; }

    /// <summary>Where the store is.</summary>
    public NamespaceHost StoreSpace { get; }

    public FleetDatabase Database { get; private set; } = null!;

    public static string NameOf(int n) => $"node{n}";

    /// <summary>The address of a node for clients.</summary>
    public static string FrontOf(int n) => $"10.76.0.1{n}";

    /// <summary>The namespace of a node.</summary>
    public NamespaceHost SpaceOf(int n) => _spaces[3 + n];

    /// <summary>The server of a node.</summary>
    public ControlClient Control(int n) => _controls[n];

    /// <summary>The process of a node.</summary>
    public NamespaceProxy Proxy(int n) => _proxies[n]!;

    /// <summary>Makes the network and the store, and starts the nodes.</summary>
    /// <param name="rest">What the nodes have besides an inbound, a name, a fleet and a control socket; NODE stands for the name of the node.</param>
    /// <param name="addresses">Addresses that every node has, and that the world reaches only by a route (<see cref="Lead"/>).</param>
    public static Task<FleetNetwork> StartAsync(string rest, params string[] addresses) => StartAsync(rest, "", "", addresses);

    /// <summary>The same, with more of what nodes have.</summary>
    /// <param name="rest">As above.</param>
    /// <param name="inbounds">More inbounds, in lines; FRONT stands for the address of the node.</param>
    /// <param name="fleet">More keys of <c>fleet</c>, each behind a comma.</param>
    /// <param name="addresses">As above.</param>
    public static async Task<FleetNetwork> StartAsync(string rest, string inbounds, string fleet, params string[] addresses)
    {
        FleetNetwork network = new() { _inbounds = inbounds, _fleet = fleet };
        try
        {
            network.Database = await FleetDatabase.StartAsync(network.StoreSpace, StoreAddress);
            await network.MakeTablesAsync();
            for (int n = 0; n < Nodes; n++)
            {
                // Nobody answers for them on the link: which node they lead to is for the network to say.
                network.SpaceOf(n).Set("ipv4/conf/all/arp_ignore", "1");
                foreach (string address in addresses) network.SpaceOf(n).Do($"ip addr add {address}/32 dev lo");
            }
            await Task.WhenAll(Enumerable.Range(0, Nodes).Select(n => network.StartNodeAsync(n, rest)));
            for (int n = 0; n < Nodes; n++)
                await network.WaitForAsync(n, fleet => fleet.Reachable && fleet.Nodes.Count(node => node.State == NodeState.Alive) == Nodes);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a node; one of before has ended.</summary>
    public async Task StartNodeAsync(int n, string rest)
    {
        string file = Path.Combine(_folder.FullName, $"{NameOf(n)}.yaml");
        await File.WriteAllTextAsync(file, $$"""
            name: {{NameOf(n)}}
            inbounds:
              - { name: in, type: mixed, listen: "{{FrontOf(n)}}:1080", private_destinations: allow, users: { alice: { password: pw } } }
              {{_inbounds.Replace("FRONT", FrontOf(n), StringComparison.Ordinal)}}
            control: { socket: {{NameOf(n)}}.sock }
            history: { directory: history-{{n}} }
            fleet: { store: "{{Database.NodeStore}}", password: secret, ca: "{{Database.CaFile}}", name: prod, node: {{NameOf(n)}}{{_fleet}} }
            {{rest.Replace("NODE", NameOf(n), StringComparison.Ordinal)}}
            """);
        _proxies[n]?.Dispose();
        _proxies[n] = await NamespaceProxy.StartAsync(SpaceOf(n), file);
    }

    /// <summary>Leads an address to a node, as the network of an operator would.</summary>
    public void Lead(string address, int n) => World.Do($"ip route replace {address}/32 via {FrontOf(n)}");

    /// <summary>Counts the packets that each node sends to the world from an address.</summary>
    public void Watch(string address)
    {
        _hub.Do("nft add table bridge watch");
        _hub.Do("nft add chain bridge watch forward { type filter hook forward priority 0 ; }");
        for (int n = 0; n < Nodes; n++) _hub.Do($"nft add rule bridge watch forward iifname f{n} ip saddr {address} counter comment n{n}");
    }

    /// <summary>How many packets a node has sent from the address.</summary>
    public int Sent(int n) => int.Parse(
        Counted().Matches(_hub.Do("nft list table bridge watch")).Single(match => match.Groups["node"].Value == $"n{n}").Groups["count"].ValueSpan,
        CultureInfo.InvariantCulture);

    /// <summary>Cuts the way of a node to the store, or restores it.</summary>
    public void CutFromStore(int n, bool isCut) => _hub.Do($"ip link set b{n} {(isCut ? "down" : "up")}");

    /// <summary>Cuts the store from all nodes, or restores it.</summary>
    public void CutStore(bool isCut) => _hub.Do($"ip link set store {(isCut ? "down" : "up")}");

    /// <summary>Waits until a node sees its fleet so.</summary>
    public Task WaitForAsync(int n, Func<FleetStatus, bool> condition) =>
        UntilAsync(async () => condition((await Control(n).GetStatusAsync()).Fleet!), () => $"{NameOf(n)}: {Proxy(n).Log}");

    /// <summary>Waits for a state.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        long end = Environment.TickCount64 + (long)HostProcess.Limit.TotalMilliseconds;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < end, $"the awaited state did not come {otherwise?.Invoke()}");
            // Each look costs the nodes a request, which many of them at a time keep from what they are waited for.
            await Task.Delay(100);
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (NamespaceProxy? proxy in _proxies) proxy?.Dispose();
        Database?.Dispose();
        foreach (NamespaceHost space in _spaces) space.Dispose();
        _folder.Delete(recursive: true);
        return default;
    }

    [GeneratedRegex("counter packets (?<count>[0-9]+) .*comment \"(?<node>n[0-9])\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Counted();

    [GeneratedRegex("^ +GRANT .*;", RegexOptions.Multiline, 1000)]
    private static partial Regex Grant();

    private async Task MakeTablesAsync()
    {
        string file = Path.Combine(_folder.FullName, "owner.yaml");
        await File.WriteAllTextAsync(file, $$"""
            inbounds: [{ name: in, type: mixed, listen: "127.0.0.1:0" }]
            fleet: { store: "{{Database.OwnerStore}}", name: prod, node: owner }
            """);
        (int exitCode, _, string error) = await HostProcess.RunAsync("store", "init", "--config", file);
        Assert.True(exitCode == 0, error);
        // What the documentation says that the role of a node needs.
        string document = await File.ReadAllTextAsync(Path.Combine(HostProcess.RepositoryRoot, "docs", "fleet.md"));
        foreach (Match grant in Grant().Matches(document)) Database.Sql("fleet", grant.Value.Replace("multiexit_node", "node", StringComparison.Ordinal));
    }

    private NamespaceHost Add(string name)
    {
        NamespaceHost space = new(name);
        _spaces.Add(space);
        return space;
    }

    private void Connect(NamespaceHost space, string bridge, string port, string address)
    {
        Command.Do($"ip link add {port} netns {_hub.Name} type veth peer name {bridge} netns {space.Name}");
        _hub.Do($"ip link set {port} master {bridge}");
        _hub.Do($"ip link set {port} up");
        space.Do($"ip addr add {address}/24 dev {bridge}");
        space.Do($"ip link set {bridge} up");
    }
}
