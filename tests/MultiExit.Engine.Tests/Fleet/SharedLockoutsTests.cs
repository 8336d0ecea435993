using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A client that one node locks out is locked out on all of them.</summary>
public sealed class SharedLockoutsTests : IDisposable
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    private readonly ManualTimeProvider _time = new();
    private readonly EngineLog _log = new(LogFactory.Create(new LoggingConfig(), console: false));
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _store;

    public SharedLockoutsTests()
    {
        _tables = new MemoryTables(_time);
        _store = new ScriptedStore(_tables, _time);
    }

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_lockout_of_one_node_is_known_on_the_others_without_waiting_for_a_poll()
    {
        LoginGuard a = Guard(), b = Guard();
        await using FleetNode first = await JoinAsync("a", a);
        await using FleetNode second = await JoinAsync("b", b);
        Fail(a);
        await UntilAsync(() => b.IsLocked(Client), 10);
        Assert.True(a.Unlock(Client));
        await UntilAsync(() => !b.IsLocked(Client), 10);
        Assert.False(a.IsLocked(Client));
    }

    [Fact]
    public async Task It_ends_on_all_nodes_when_it_ends_on_the_first()
    {
        LoginGuard a = Guard(), b = Guard();
        await using FleetNode first = await JoinAsync("a", a);
        Fail(a);
        await UntilAsync(() => _tables.Lockouts.Count > 0, 10);
        _time.Advance(TimeSpan.FromSeconds(40));
        // No time goes on between the answer of the store and what is made of it.
        await using FleetNode second = Join("b", b);
        await Wait.UntilAsync(() => b.IsLocked(Client));
        TimeSpan left = Assert.Single(a.GetRemaining()).Lasts, there = Assert.Single(b.GetRemaining()).Lasts;
        Assert.InRange((left - there).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_was_locked_out_while_the_store_was_away_is_told_when_it_is_back()
    {
        LoginGuard a = Guard(), b = Guard();
        await using FleetNode first = await JoinAsync("a", a);
        await using FleetNode second = await JoinAsync("b", b);
        _store.Fails = true;
        await UntilAsync(() => !first.Status.Reachable, 100);
        Fail(a);
        Assert.False(b.IsLocked(Client));
        _store.Fails = false;
        await UntilAsync(() => b.IsLocked(Client), 50);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_made_again_and_counts_once()
    {
        // Longer than what is awaited takes by this clock, which runs ahead of a machine with much to do.
        LockoutConfig config = new(3, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        LoginGuard a = Guard(config), b = Guard(config);
        await using FleetNode first = await JoinAsync("a", a);
        await using FleetNode second = await JoinAsync("b", b);
        _store.LosesAnswers = true;
        Fail(a);
        await UntilAsync(() => b.IsLocked(Client), 100);
        _store.LosesAnswers = false;
        Assert.True(b.Unlock(Client));
        await UntilAsync(() => !a.IsLocked(Client), 100);
        // The one who locked it out does not write it again.
        _time.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => first.Status.Lag < TimeSpan.FromSeconds(5) && second.Status.Lag < TimeSpan.FromSeconds(5), 10);
        Assert.False(a.IsLocked(Client) || b.IsLocked(Client));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lockout_whose_commit_was_not_heard_of_is_not_said_again_behind_its_end(bool isFirst)
    {
        FleetMember first = new("prod", "a", 1, []), second = new("prod", "b", 1, []);
        LoginGuard a = Guard(), b = Guard();
        using SharedLockouts ofA = new(a, _time), ofB = new(b, _time);
        if (!isFirst) await ofA.RunAsync(_store, first, TestContext.Current.CancellationToken);
        Fail(a);
        // The first exchange of all reads before it writes.
        _store.LostCall = _store.Calls + (isFirst ? 2 : 1);
        await Assert.ThrowsAsync<ProxyException>(() => ofA.RunAsync(_store, first, TestContext.Current.CancellationToken));
        await ofB.RunAsync(_store, second, TestContext.Current.CancellationToken);
        Assert.True(b.Unlock(Client));
        await ofB.RunAsync(_store, second, TestContext.Current.CancellationToken);
        await ofA.RunAsync(_store, first, TestContext.Current.CancellationToken);
        await ofB.RunAsync(_store, second, TestContext.Current.CancellationToken);
        Assert.False(a.IsLocked(Client) || b.IsLocked(Client));
    }

    [Fact]
    public async Task An_end_that_comes_when_everything_is_read_again_is_not_missed()
    {
        FleetMember first = new("prod", "a", 1, []), second = new("prod", "b", 1, []);
        LockoutConfig config = new(3, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        LoginGuard a = Guard(config), b = Guard(config);
        using SharedLockouts ofA = new(a, _time), ofB = new(b, _time);
        Fail(a);
        await ofA.RunAsync(_store, first, TestContext.Current.CancellationToken);
        await ofB.RunAsync(_store, second, TestContext.Current.CancellationToken);
        Assert.True(b.Unlock(Client));
        await ofB.RunAsync(_store, second, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(2));
        await ofA.RunAsync(_store, first, TestContext.Current.CancellationToken);
        Assert.False(a.IsLocked(Client));
    }

    [Fact]
    public async Task A_node_that_locks_nobody_out_and_loopback_are_left_alone()
    {
        LoginGuard a = Guard(), b = Guard(null);
        await using FleetNode first = await JoinAsync("a", a);
        await using FleetNode second = await JoinAsync("b", b);
        Fail(a, IPAddress.Loopback);
        Fail(a);
        await UntilAsync(() => _tables.Lockouts.Count > 0, 10);
        _time.Advance(TimeSpan.FromSeconds(10));
        await UntilAsync(() => second.Status.Lag < TimeSpan.FromSeconds(5), 10);
        Assert.False(b.IsLocked(Client));
        Assert.Equal(Client, Assert.Single(_tables.Lockouts).Key.Client);
    }

    // Time goes on until the state comes.
    private Task UntilAsync(Func<bool> condition, int milliseconds) => Wait.UntilAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return false;
    });

    private static void Fail(LoginGuard guard, IPAddress? client = null)
    {
        for (int i = 0; i < 3; i++) guard.Failed("in", new IPEndPoint(client ?? Client, 1), "alice");
    }

    private LoginGuard Guard() => Guard(new LockoutConfig(3, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)));

    private LoginGuard Guard(LockoutConfig? config)
    {
        LoginGuard guard = new(_time, _log, new ServerCounters());
        guard.Apply(config, ["alice"]);
        return guard;
    }

    private FleetNode Join(string name, LoginGuard guard) => new(
        new FleetConfig(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", name),
        _ => _store, [new SharedLockouts(guard, _time)], "1.2.3", _log, _time);

    private async Task<FleetNode> JoinAsync(string name, LoginGuard guard)
    {
        FleetNode node = Join(name, guard);
        await UntilAsync(() => node.Status.Reachable, 100);
        return node;
    }
}
