using System.Diagnostics;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A server as a node: clients never notice the store, and operators see its state.</summary>
public sealed class FleetServerTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _storeTime = new();
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryTables _tables;
    private readonly MemoryStore _memory;
    private readonly ScriptedStore _store;
    private bool _isSlow; // requests need the time to go on

    public FleetServerTests()
    {
        _tables = new MemoryTables(_storeTime);
        _memory = new MemoryStore(_tables);
        _store = new ScriptedStore(_tables, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _memory.DisposeAsync();
    }

    [Fact]
    public async Task A_server_joins_its_fleet_and_leaves_it_when_it_stops()
    {
        await using (TestGateway gateway = await StartAsync("a"))
        {
            FleetStatus fleet = await UntilAsync(gateway, status => status.Reachable);
            Assert.Equal(("prod", "a", "postgres://node@store.example/fleet", 1L), (fleet.Fleet, fleet.Node, fleet.Store, fleet.Epoch));
            NodeStatus node = Assert.Single(fleet.Nodes);
            Assert.Equal(("a", NodeState.Alive, EngineVersion.Text, "eu"), (node.Name, node.State, node.Version, Assert.Single(node.Labels)));
            Assert.Empty(gateway.Server.GetWarnings());
            Assert.Equal(1, MetricOf(gateway, "multiexit.fleet.store.up"));
            Assert.InRange(MetricOf(gateway, "multiexit.fleet.store.lag")!.Value, 0, 5);
        }
        Assert.Equal(NodeState.Left, Assert.Single(await _memory.Nodes.ListAsync("prod", default)).State);
    }

    [Fact]
    public async Task Clients_are_served_while_the_store_hangs_and_no_second_request_is_begun()
    {
        _store.Hangs = true;
        await using EchoTarget target = new();
        TestGateway gateway = await StartAsync("a");
        await using (gateway)
        {
            await ServesAsync(gateway, target);
            FleetStatus fleet = await UntilAsync(gateway, status => status.Problem is not null);
            Assert.False(fleet.Reachable);
            Assert.Contains("no answer within 4 s", fleet.Problem, StringComparison.Ordinal);
            Assert.Equal("MX1140", Assert.Single(gateway.Server.GetWarnings()).Id);
            Assert.Equal(0, MetricOf(gateway, "multiexit.fleet.store.up"));
            await UntilAsync(gateway, status => status.Problem!.Contains("an earlier request has not ended", StringComparison.Ordinal));
            Assert.Equal((1, 1), (_store.Calls, _store.Running));
            await ServesAsync(gateway, target);
            Stopwatch stop = Stopwatch.StartNew();
            await gateway.Server.DisposeAsync();
            Assert.True(stop.Elapsed < TimeSpan.FromSeconds(10), "the server waits for the store");
        }
    }

    [Fact]
    public async Task Clients_are_served_while_every_second_request_to_the_store_fails()
    {
        _store.FailsEverySecond = true;
        await using EchoTarget target = new();
        await using TestGateway gateway = await StartAsync("a");
        await UntilAsync(gateway, status => status.Problem is not null);
        await ServesAsync(gateway, target);
        // Of the three requests of a first exchange the second fails each time.
        int calls = _store.Calls;
        await UntilAsync(gateway, _ => _store.Calls > calls + 4);
        await ServesAsync(gateway, target);
        _store.FailsEverySecond = false;
        FleetStatus fleet = await UntilAsync(gateway, status => status.Reachable);
        Assert.Equal((1L, null), (fleet.Epoch, fleet.Problem));
        Assert.Empty(gateway.Server.GetWarnings());
    }

    [Fact]
    public async Task Clients_are_served_while_the_store_takes_5_seconds_for_each_answer()
    {
        (_store.Delay, _isSlow) = (TimeSpan.FromSeconds(5), true);
        await using EchoTarget target = new();
        await using TestGateway gateway = await StartAsync("a");
        FleetStatus fleet = await UntilAsync(gateway, status => status.Problem is not null);
        Assert.Contains("no answer within 4 s", fleet.Problem, StringComparison.Ordinal);
        await ServesAsync(gateway, target);
        await UntilAsync(gateway, _ => _store.Calls >= 3);
        Assert.InRange(_store.Running, 0, 1);
        await ServesAsync(gateway, target);
        _store.Delay = TimeSpan.Zero;
        Assert.Equal(1, (await UntilAsync(gateway, status => status.Reachable)).Epoch);
    }

    [Fact]
    public async Task A_store_that_does_what_it_says_it_has_not_done_gives_no_second_epoch()
    {
        _store.LosesAnswers = true;
        await using EchoTarget target = new();
        await using TestGateway gateway = await StartAsync("a");
        // Of each first exchange the join is made, and its answer lost.
        await UntilAsync(gateway, status => status.Problem is not null && _store.Calls >= 6);
        Assert.Equal(NodeState.Alive, Assert.Single(await _memory.Nodes.ListAsync("prod", default)).State);
        await ServesAsync(gateway, target);
        _store.LosesAnswers = false;
        Assert.Equal(1, (await UntilAsync(gateway, status => status.Reachable)).Epoch);
    }

    [Fact]
    public async Task What_was_known_of_the_nodes_stays_when_the_store_is_gone_and_its_age_is_shown()
    {
        await _memory.Nodes.JoinAsync(NodeStoreContract.Node("b"), 0, default);
        await using TestGateway gateway = await StartAsync("a");
        await UntilAsync(gateway, status => status.Nodes.Count == 2);
        _store.Fails = true;
        FleetStatus fleet = await UntilAsync(gateway, status => !status.Reachable && status.Lag >= TimeSpan.FromSeconds(5));
        Assert.Equal(["a", "b"], fleet.Nodes.Select(node => node.Name));
        Assert.Equal(1, fleet.Epoch);
        Assert.Contains("broken by a test", Assert.Single(gateway.Server.GetWarnings()).Message, StringComparison.Ordinal);
        _store.Fails = false;
        Assert.Equal(1, (await UntilAsync(gateway, status => status.Reachable)).Epoch);
        Assert.Equal(["MX1140", "MX1141"], gateway.Server.GetLog(new() { Ids = ["MX1140", "MX1141"] }).Select(entry => entry.Id).Take(3).Skip(1));
    }

    [Fact]
    public async Task Of_two_servers_with_one_name_the_one_that_joined_later_is_the_node()
    {
        await using TestGateway older = await StartAsync("a");
        await UntilAsync(older, status => status.Reachable);
        await using TestGateway newer = await StartAsync("a");
        Assert.Equal(2, (await UntilAsync(newer, status => status.Reachable)).Epoch);
        FleetStatus replaced = await UntilAsync(older, status => status.Superseded);
        Assert.Equal(1, replaced.Epoch);
        Assert.Contains("epoch 2, this one has 1", Assert.Single(older.Server.GetWarnings()).Message, StringComparison.Ordinal);
        Assert.Single(older.Server.GetLog(new() { Ids = ["MX1143"] }));
        // The one that is no longer a member does not take the other out when it stops.
        await older.DisposeAsync();
        Assert.Equal((NodeState.Alive, 2), Assert.Single(await _memory.Nodes.ListAsync("prod", default)) is { } node ? (node.State, node.Epoch) : default);
        Assert.Empty(newer.Server.GetWarnings());
    }

    [Theory]
    [InlineData(0, "multiexit store init")]
    [InlineData(9, "newer than this program")]
    public async Task Tables_of_another_version_are_not_touched_and_named_in_a_warning(int version, string text)
    {
        _tables.Version = version;
        await using EchoTarget target = new();
        await using TestGateway gateway = await StartAsync("a");
        await UntilAsync(gateway, status => status.Problem is not null);
        ServerWarning warning = Assert.Single(gateway.Server.GetWarnings());
        Assert.Equal("MX1142", warning.Id);
        Assert.Contains(text, warning.Message, StringComparison.Ordinal);
        Assert.Empty(await _memory.Nodes.ListAsync("prod", default));
        await ServesAsync(gateway, target);
        _tables.Version = 1;
        await UntilAsync(gateway, status => status.Reachable);
        Assert.Empty(gateway.Server.GetWarnings());
    }

    [Fact]
    public async Task A_reload_without_a_fleet_leaves_it_and_one_with_the_same_keeps_the_epoch()
    {
        await using TestGateway gateway = await StartAsync("a");
        await UntilAsync(gateway, status => status.Reachable);
        await gateway.Server.ReloadAsync(Config("a"));
        Assert.Equal(1, gateway.Server.GetStatus().Fleet!.Epoch);
        await gateway.Server.ReloadAsync(Config("a") with { Fleet = null });
        Assert.Null(gateway.Server.GetStatus().Fleet);
        await Wait.UntilAsync(async () => Assert.Single(await _memory.Nodes.ListAsync("prod", default)).State == NodeState.Left);
    }

    private Task<TestGateway> StartAsync(string node) =>
        TestGateway.StartAsync(Config(node), new GatewayOptions { Time = _time, FleetStore = _ => _store });

    private static GatewayConfig Config(string node) => TestGateway.Mixed() with
    {
        Fleet = new FleetConfig(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", node) { Labels = ["eu"] },
    };

    // Time goes on until the state comes, a second at a time.
    private async Task<FleetStatus> UntilAsync(TestGateway gateway, Func<FleetStatus, bool> condition)
    {
        FleetStatus status = gateway.Server.GetStatus().Fleet!;
        await Wait.UntilAsync(async () =>
        {
            status = gateway.Server.GetStatus().Fleet!;
            if (condition(status)) return true;
            if (_store.Running > 0 && !_store.Hangs && !_isSlow) return false;
            await Task.Yield();
            _time.Advance(TimeSpan.FromSeconds(1));
            return false;
        });
        return status;
    }

    private static async Task ServesAsync(TestGateway gateway, EchoTarget target)
    {
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        await client.WriteAsync("ping"u8.ToArray());
        byte[] answer = new byte[4];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("ping"u8.ToArray(), answer);
    }

    private static double? MetricOf(TestGateway gateway, string name) =>
        Assert.Single(gateway.Server.GetMetrics(), metric => metric.Name == name).Points[0].Value;
}
