using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Of the nodes of a fleet one at a time uses an address.</summary>
public sealed class SharedLeasesTests : IDisposable
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.7");

    private readonly ManualTimeProvider _time = new();
    private readonly EngineLog _log = new(LogFactory.Create(new LoggingConfig(), console: false));
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;

    public SharedLeasesTests()
    {
        _tables = new MemoryTables(_time);
        _store = new ScriptedStore(_tables, _time);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_node_that_stops_gives_the_address_to_another_one_at_once()
    {
        await using Node a = await JoinAsync("a"), b = await JoinAsync("b");
        Assert.True(a.IsHeld);
        await UntilAsync(() => b.Lease.Status.Node == "a", 100);
        Assert.Contains("the node a of the fleet has the lease", b.Lease.Refusal, StringComparison.Ordinal);
        Assert.Equal(b.Lease.Refusal, b.State.Refusal);
        a.Leases.Close();
        await a.DisposeAsync();
        DateTimeOffset stopped = _time.GetUtcNow();
        await UntilAsync(() => b.IsHeld, 50);
        Assert.InRange(_time.GetUtcNow() - stopped, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(2, b.Lease.Status.Token);
    }

    [Fact]
    public async Task An_exit_out_of_use_gives_its_address_up()
    {
        await using Node a = await JoinAsync("a"), b = await JoinAsync("b");
        a.State.Disabled = true;
        a.Leases.Wake();
        await UntilAsync(() => b.IsHeld, 50);
        Assert.False(a.IsHeld);
        a.State.Disabled = false;
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(a.IsHeld);
    }

    [Fact]
    public async Task Without_the_store_the_address_is_not_used_any_more_before_another_node_may_have_it()
    {
        await using Node a = await JoinAsync("a");
        _store.Fails = true;
        DateTimeOffset began = _time.GetUtcNow();
        await UntilAsync(() => !a.IsHeld, 100);
        Assert.InRange((_time.GetUtcNow() - began).TotalSeconds, 6.9, 12.1);
        Assert.True(_tables.Leases[("prod", Address)].Until > _time.GetUtcNow());
        _store.Fails = false;
        await UntilAsync(() => a.IsHeld, 100);
    }

    [Fact]
    public async Task At_no_moment_two_nodes_may_use_the_address_whatever_the_store_does()
    {
        await using Node a = await JoinAsync("a"), b = await JoinAsync("b");
        for (int i = 0; i < 12; i++)
        {
            (_store.Fails, _store.FailsEverySecond, _store.LosesAnswers) = (i % 3 == 0, i % 3 == 1, i % 3 == 2);
            (Node from, Node to) = i % 2 == 0 ? (a, b) : (b, a);
            (from.State.Disabled, to.State.Disabled) = (i % 4 < 2, false);
            int calls = _store.Calls;
            await UntilAsync(() => IsHeldOnce(a, b) && _store.Calls > calls + 20, 300);
            (_store.Fails, _store.FailsEverySecond, _store.LosesAnswers) = (false, false, false);
            from.State.Disabled = true;
            await UntilAsync(() => IsHeldOnce(a, b) && to.IsHeld, 300);
        }
    }

    private static bool IsHeldOnce(Node a, Node b)
    {
        Assert.False(a.IsHeld && b.IsHeld);
        return true;
    }

    [Fact]
    public async Task A_second_server_of_the_name_waits_for_the_end_of_the_first_ones_time()
    {
        await using Node a = await JoinAsync("a");
        await using Node copy = await JoinAsync("a", waits: false);
        await UntilAsync(() => a.Fleet.Status.Superseded, 100);
        DateTimeOffset began = _time.GetUtcNow();
        await UntilAsync(() => copy.IsHeld || a.IsHeld is false, 100);
        Assert.False(copy.IsHeld);
        await UntilAsync(() => copy.IsHeld, 100);
        Assert.InRange((_time.GetUtcNow() - began).TotalSeconds, 1, 20);
    }

    [Fact]
    public async Task A_process_that_takes_over_has_the_lease_at_once_and_the_one_before_as_long()
    {
        await using Node old = await JoinAsync("a");
        IReadOnlyList<Engine.Takeover.HandedLease> handed = old.Leases.Export();
        old.Leases.IsHandedOver = true;
        await old.DisposeAsync();
        _store.Fails = true;
        await using Node next = Make("a");
        next.Leases.Import(handed);
        Assert.True(next.IsHeld && old.IsHeld);
        _store.Fails = false;
        next.Join();
        await UntilAsync(() => next.Lease.Status.Epoch == 2, 100);
        for (int i = 0; i < 30; i++)
        {
            await UntilAsync(() => next.Lease.Status.Left > TimeSpan.FromSeconds(6), 50);
            old.Leases.Follow(next.Leases.Export());
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(next.IsHeld && old.IsHeld);
        }
        // It is not given back while the process before may use it; it runs out.
        next.State.Disabled = true;
        next.Leases.Wake();
        await UntilAsync(() => !next.IsHeld, 50);
        Assert.True(_tables.Leases[("prod", Address)].Until > _time.GetUtcNow());
        old.Leases.Follow(next.Leases.Export());
        Assert.False(old.IsHeld);
    }

    private Task UntilAsync(Func<bool> condition, int milliseconds) => Wait.UntilAsync(async () =>
    {
        if (condition()) return true;
        if (_store.Running == 0) _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await Task.Yield();
        return condition();
    });

    private Node Make(string name) => new(this, name);

    private async Task<Node> JoinAsync(string name, bool waits = true)
    {
        Node node = Make(name);
        node.Join();
        await UntilAsync(() => node.Fleet.Status.Reachable, 100);
        if (waits) await UntilAsync(() => node.Lease.Status.Node is not null, 100);
        return node;
    }

    private sealed class Node(SharedLeasesTests test, string name) : IAsyncDisposable
    {
        private readonly FleetConfig _fleet = new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", name);
        private readonly ExitStates _states = new(test._time);
        private bool _isDisposed;

        public ExitLeases Leases
        {
            get
            {
                if (field is not null) return field;
                field = new ExitLeases(test._time, test._log);
                field.Use(new GatewayConfig { Fleet = _fleet, Exits = [new DirectExitConfig { Name = "wan", Address = Address, Lease = true }] }, _states);
                return field;
            }
        }

        public ExitState State => _states.Own("wan");

        public ExitLease Lease => Leases.Of(Address);

        public bool IsHeld => Lease.IsHeld;

        public FleetNode Fleet { get; private set; } = null!;

        public void Join() =>
            Fleet = new FleetNode(_fleet, _ => test._store, [new SharedLeases(Leases, ExitLeases.RealmOf(_fleet), test._time)], "1.2.3", test._log, test._time);

        public async ValueTask DisposeAsync()
        {
            if (!_isDisposed) await Fleet.DisposeAsync();
            _isDisposed = true;
        }
    }
}
