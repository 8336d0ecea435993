using MultiExit.Engine.Configuration;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A server with a file and a history that is a node of a fleet.</summary>
internal sealed class FollowingNode(string name, MemoryTables tables, ManualTimeProvider time, string more = "") : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ManagedServer? _server;

    public string Name => name;

    /// <summary>The way of this node to the store.</summary>
    public ScriptedStore Store { get; } = new(tables, time);

    public ManagedServer Server => _server!;

    public int Weight => Server.Gateway.Config.Exits[0].Weight;

    public string File => _folder["node.yaml"];

    public NodeConfigStatus? Said => Server.GetStatus().Fleet?.Rollout?.Nodes.FirstOrDefault(said => said.Node == name);

    public IEnumerable<string> Logged(params string[] ids) => Server.Gateway.GetLog(new() { Ids = ids }).Select(entry => entry.Id);

    public void Write(int weight, string rest = "") => System.IO.File.WriteAllText(File,
        $"name: {name}\ninbounds: [{{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }}]\nexits: [{{ name: a, type: direct, weight: {weight} }}]\n"
        + $"history: {{ directory: history }}\nfleet: {{ store: \"postgres://node@store.example/fleet\", name: prod, node: {name} }}\n{more}{rest}");

    public async Task StartAsync() => _server = await ManagedServer.StartAsync(
        ConfigLoader.LoadFile(File), new ManagedServerOptions { Gateway = new GatewayOptions { Time = time, FleetStore = _ => Store } });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }
}
