using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A handshake that one node answers is refused by the others, and no carrier waits for the store longer than half a second.</summary>
public sealed class SharedReplaysTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ManualTimeProvider _waits = new(); // of those who wait for the store, alone
    private readonly EngineLog _log = new(LogFactory.Create(new LoggingConfig(), console: false));
    private readonly MemoryTables _tables;
    private readonly ScriptedStore _first, _second;
    private readonly InboundStates _a, _b;
    private readonly List<FleetNode> _nodes = [];

    public SharedReplaysTests()
    {
        _tables = new MemoryTables(_time);
        (_first, _second) = (new ScriptedStore(_tables, _time), new ScriptedStore(_tables, _time));
        (_a, _b) = (new InboundStates(_time), new InboundStates(_time));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FleetNode node in _nodes) await node.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task A_handshake_that_one_node_has_answered_is_refused_by_the_others()
    {
        await JoinAsync("a", _a, _first);
        await JoinAsync("b", _b, _second);
        ReplayMark mark = ReplayStoreContract.New();
        Assert.True(await AskAsync(_a, mark));
        Assert.False(await AskAsync(_b, mark));
        Assert.False(await AskAsync(_a, mark));
        Assert.True(await AskAsync(_b, ReplayStoreContract.New()));
        Assert.Empty(_nodes.SelectMany(node => node.Warnings));
    }

    [Fact]
    public async Task Many_that_ask_at_the_same_time_share_requests()
    {
        await JoinAsync("a", _a, _first);
        TaskCompletionSource gate = new();
        _first.Gate = gate.Task;
        int before = _first.Calls;
        Task<bool> one = AskAsync(_a, ReplayStoreContract.New());
        await Wait.UntilAsync(() => _first.Running == 1);
        ReplayMark twice = ReplayStoreContract.New();
        Task<bool>[] many = [.. Enumerable.Range(0, 2 * SharedReplays.MaxBatch - 2).Select(_ => ReplayStoreContract.New()).Append(twice).Append(twice)
            .Select(mark => AskAsync(_a, mark))];
        _first.Gate = null;
        gate.SetResult();
        Assert.True(await one);
        Assert.Equal(many.Length - 1, (await Task.WhenAll(many)).Count(isNew => isNew));
        Assert.Equal(3, _first.Calls - before);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_half_a_second_and_nobody_waits_once_the_store_is_known_to_hang()
    {
        FleetNode node = await JoinAsync("a", _a, _first);
        _first.Hangs = true;
        Task<bool> first = AskAsync(_a, ReplayStoreContract.New());
        await _waits.WaitForTimersAsync(1);
        _waits.Advance(TimeSpan.FromMilliseconds(300));
        Task<bool> second = AskAsync(_a, ReplayStoreContract.New());
        _waits.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(first.IsCompleted || second.IsCompleted);
        _waits.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await first);
        Assert.True(await second);
        Assert.True(IsLetInAtOnce(_a));
        Assert.Equal("MX1166", Assert.Single(node.Warnings).Id);
        Assert.Contains("no answer within 0.5 s", Assert.Single(node.Warnings).Message, StringComparison.Ordinal);
        // It is left alone but for what goes on in the background.
        await PassUntilAsync(() => node.Warnings.Any(warning => warning.Id == "MX1140"), 100);
        Assert.True(IsLetInAtOnce(_a));
        Assert.InRange(_first.Running, 1, 3);
    }

    [Fact]
    public async Task A_request_of_many_ends_when_the_first_of_them_has_waited_for_half_a_second()
    {
        await JoinAsync("a", _a, _first);
        TaskCompletionSource gate = new();
        _first.Gate = gate.Task;
        Task<bool> one = AskAsync(_a, ReplayStoreContract.New());
        await Wait.UntilAsync(() => _first.Running == 1 && _waits.Armed == 1);
        Task<bool> two = AskAsync(_a, ReplayStoreContract.New());
        int calls = _first.Calls;
        _waits.Advance(TimeSpan.FromMilliseconds(400));
        _first.Gate = new TaskCompletionSource().Task;
        gate.SetResult();
        Assert.True(await one);
        await Wait.UntilAsync(() => _first.Calls == calls + 1 && _waits.Armed == 1);
        Assert.False(two.IsCompleted);
        long since = _waits.GetTimestamp();
        await Wait.UntilAsync(() =>
        {
            if (two.IsCompleted) return true;
            _waits.Advance(TimeSpan.FromMilliseconds(10));
            return false;
        });
        Assert.True(await two);
        // Half a second of its own would be behind that.
        Assert.InRange(_waits.GetElapsedTime(since).TotalMilliseconds, 100, 450);
    }

    [Fact]
    public async Task Where_too_many_wait_the_next_one_does_not()
    {
        FleetNode node = await JoinAsync("a", _a, _first);
        _first.Hangs = true;
        Task<bool> first = AskAsync(_a, ReplayStoreContract.New());
        await _waits.WaitForTimersAsync(1);
        Task<bool>[] waiting = [.. Enumerable.Range(0, SharedReplays.MaxAsking).Select(_ => AskAsync(_a, ReplayStoreContract.New()))];
        Assert.DoesNotContain(waiting, ask => ask.IsCompleted);
        Assert.True(IsLetInAtOnce(_a));
        Assert.Contains("8192 carriers wait for it", Assert.Single(node.Warnings).Message, StringComparison.Ordinal);
        _waits.Advance(TimeSpan.FromMilliseconds(500));
        Assert.All(await Task.WhenAll(waiting.Append(first)), Assert.True);
    }

    [Fact]
    public async Task What_was_let_in_while_the_store_was_away_is_refused_by_others_once_it_is_back()
    {
        FleetNode node = await JoinAsync("a", _a, _first);
        await JoinAsync("b", _b, _second);
        _first.Fails = true;
        ReplayMark[] marks = [.. Enumerable.Range(0, 1500).Select(_ => ReplayStoreContract.New())];
        foreach (ReplayMark mark in marks) Assert.True(await AskAsync(_a, mark));
        _first.Fails = false;
        await PassUntilAsync(() => !node.Warnings.Any(), 200);
        foreach (ReplayMark mark in marks) Assert.False(await AskAsync(_b, mark));
    }

    [Fact]
    public async Task A_store_of_which_every_second_request_fails_is_asked_again_when_it_is_well()
    {
        FleetNode node = await JoinAsync("a", _a, _first);
        _first.FailsEverySecond = true;
        await Wait.UntilAsync(async () =>
        {
            Assert.True(await AskAsync(_a, ReplayStoreContract.New()));
            return node.Warnings.Any(warning => warning.Id == "MX1166");
        });
        for (int i = 0; i < 300; i++)
        {
            Pass(TimeSpan.FromMilliseconds(100));
            Assert.True(await AskAsync(_a, ReplayStoreContract.New()));
        }
        _first.FailsEverySecond = false;
        await PassUntilAsync(() => !node.Warnings.Any(), 200);
        ReplayMark mark = ReplayStoreContract.New();
        Assert.True(await AskAsync(_a, mark));
        Assert.False(await AskAsync(_a, mark));
    }

    [Fact]
    public async Task A_store_that_does_what_it_says_it_has_not_done_refuses_nobody()
    {
        FleetNode node = await JoinAsync("a", _a, _first);
        _first.LosesAnswers = true;
        for (int i = 0; i < 100; i++)
        {
            Assert.True(await AskAsync(_a, ReplayStoreContract.New()));
            Pass(TimeSpan.FromMilliseconds(100));
        }
        Assert.NotEmpty(node.Warnings);
    }

    [Fact]
    public async Task What_is_over_leaves_the_store()
    {
        await JoinAsync("a", _a, _first);
        ReplayMark brief = ReplayStoreContract.New(20), lasting = ReplayStoreContract.New(1000);
        Assert.True(await AskAsync(_a, brief));
        Assert.True(await AskAsync(_a, lasting));
        await PassUntilAsync(() => _tables.Replays.Count == 1, 500);
        Assert.Equal(lasting.Value, Assert.Single(_tables.Replays).Key.Mark);
    }

    [Fact]
    public async Task Those_that_wait_come_in_when_the_server_leaves_the_fleet()
    {
        FleetNode node = await JoinAsync("a", _a, _first);
        IFleetReplays replays = _a.FleetReplays!;
        _first.Hangs = true;
        Task<bool>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => AskAsync(_a, ReplayStoreContract.New()))];
        _nodes.Remove(node);
        await node.DisposeAsync();
        Assert.All(await Task.WhenAll(waiting), Assert.True);
        Assert.Null(_a.FleetReplays);
        // An inbound may have it still.
        Assert.True(await replays.TryAddAsync(ReplayStoreContract.New(), default));
    }

    [Fact]
    public async Task A_server_whose_name_another_one_has_taken_looks_at_its_own_window_and_says_so()
    {
        FleetNode older = await JoinAsync("a", _a, _first);
        await JoinAsync("a", _b, _second);
        await PassUntilAsync(() => older.Status.Superseded, 200);
        Assert.True(await AskAsync(_a, ReplayStoreContract.New()));
        Assert.Contains(older.Warnings, warning => warning.Id == "MX1166" && warning.Message.Contains("another server", StringComparison.Ordinal));
    }

    private static bool IsLetInAtOnce(InboundStates states)
    {
        Task<bool> asking = states.FleetReplays!.TryAddAsync(ReplayStoreContract.New(), default).AsTask();
        return asking.IsCompletedSuccessfully && asking.GetAwaiter().GetResult();
    }

    private static Task<bool> AskAsync(InboundStates states, ReplayMark mark) =>
        states.FleetReplays!.TryAddAsync(mark, default).AsTask().WaitAsync(TestTransports.Patience);

    private async Task<FleetNode> JoinAsync(string name, InboundStates states, ScriptedStore store)
    {
        FleetConfig config = new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", name);
        FleetNode node = new(config, _ => store, [new SharedReplays(states, _log, _waits)], "1.2.3", _log, _time);
        _nodes.Add(node);
        await PassUntilAsync(() => node.Status.Reachable && states.FleetReplays is not null && store.Calls >= 4 && store.Running == 0, 100);
        return node;
    }

    private void Pass(TimeSpan by)
    {
        _waits.Advance(by);
        _time.Advance(by);
    }

    // Time goes on until the state comes, which takes so many tenths of a second at most.
    private async Task PassUntilAsync(Func<bool> condition, int tenths)
    {
        int passed = 0;
        await Wait.UntilAsync(() =>
        {
            if (condition()) return true;
            bool isAwaited = new[] { _first, _second }.All(store => store.Running == 0 || store.Hangs);
            if (isAwaited && passed++ < tenths) Pass(TimeSpan.FromMilliseconds(100));
            return false;
        });
    }
}
