using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Works of a node that fail while the store answers.</summary>
public sealed class FleetNodeTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryLog _memory = new();
    private readonly EngineLog _log;

    public FleetNodeTests() => _log = new EngineLog(LogFactory.Create(new LoggingConfig(), console: false, _memory));

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Each_work_that_fails_has_a_warning_of_its_own_until_it_succeeds()
    {
        FailingWork second = new("pears"), first = new("apples"), good = new("plums") { Fails = false };
        await using MemoryStore store = new(_time);
        FleetConfig config = new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", "a");
        await using FleetNode node = new(config, _ => store, [second, first, good], "1.2.3", _log, _time);
        await UntilAsync(() => node.Warnings.Count() == 2);
        Assert.Equal(["MX1146", "MX1146"], node.Warnings.Select(warning => warning.Id));
        Assert.Equal(["apples", "pears"], node.Warnings.Select(warning => warning.Message.Split(' ')[0]));
        Assert.True(node.Status.Reachable);
        Assert.True(good.Runs > 0);
        first.Fails = false;
        await UntilAsync(() => node.Warnings.Count() == 1);
        Assert.Contains("pears", Assert.Single(node.Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_takes_long_at_the_end_keeps_neither_the_others_nor_the_node_from_leaving(bool isUnderWay)
    {
        FailingWork bulk = new("figs") { Fails = false, IsBulk = true, HangsAtTheEnd = true, TakesLong = isUnderWay };
        FailingWork prompt = new("plums") { Fails = false, TakesLong = isUnderWay };
        await using MemoryStore store = new(_time);
        FleetConfig config = new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", "a");
        await using (FleetNode node = new(config, _ => store, [bulk, prompt], "1.2.3", _log, _time))
            await UntilAsync(() => bulk.Runs > 0 && prompt.Runs > 0);
        Assert.True(prompt.HasLeft);
        Assert.False(bulk.HasLeft);
        Assert.Equal(NodeState.Left, Assert.Single(await store.Nodes.ListAsync("prod", TestContext.Current.CancellationToken)).State);
    }

    [Fact]
    public async Task A_fault_of_this_program_is_said_once_and_ends_no_worker()
    {
        FailingWork pears = new("pears") { Fails = false, Faults = 2 };
        await using MemoryStore store = new(_time);
        FleetConfig config = new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", "a");
        await using FleetNode node = new(config, _ => store, [pears], "1.2.3", _log, _time);
        await UntilAsync(() => pears.Serves == 3 && pears.Runs > 0);
        Assert.Equal("MX9000", Assert.Single(_memory.Read(new LogQuery { Level = LogLevel.Error })).Id);
        Assert.Equal(3, pears.Starts);
    }

    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(() =>
    {
        if (condition()) return true;
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return false;
    });

    private sealed class FailingWork(string topic) : IFleetWork
    {
        private int _runs;

        public bool Fails { get; set; } = true;

        public bool IsBulk { get; init; }

        public bool TakesLong { get; init; }

        public bool HangsAtTheEnd { get; init; }

        public bool HasLeft { get; private set; }

        /// <summary>How often its start, and its serving, throw what is no failure of a store.</summary>
        public int Faults { get; init; }

        public int Starts { get; private set; }

        public int Serves { get; private set; }

        public int Runs => Volatile.Read(ref _runs);

        public string Topic => topic;

        public TimeSpan Period => TimeSpan.FromSeconds(1);

        public void Start(Action wake)
        {
            if (Starts++ < Faults) throw new InvalidOperationException("a fault");
        }

        public Task ServeAsync(Membership membership, Func<IFleetStore> open, CancellationToken cancellationToken)
        {
            return Serves++ < Faults ? throw new InvalidOperationException("a fault") : Task.CompletedTask;
        }

        public Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            if (TakesLong) return Task.Delay(Timeout.Infinite, cancellationToken);
            return Fails ? Task.FromException(new ProxyException(ProxyError.StoreUnreachable, $"no {topic}")) : Task.CompletedTask;
        }

        public async Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
        {
            if (HangsAtTheEnd) await Task.Delay(Timeout.Infinite, cancellationToken);
            HasLeft = true;
        }

        public void Dispose()
        {
        }
    }
}
