using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Pins;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Fleet.Quotas;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Fleet.Shares;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A store in memory for the servers of one process. Thread-safe.</summary>
internal class MemoryStore : IFleetStore
{
    private readonly MemoryTables _tables;

    /// <param name="tables">What is kept; another store may have the same.</param>
    public MemoryStore(MemoryTables tables)
    {
        _tables = tables;
        Schema = new MemorySchema(this);
        Changes = new MemoryFeed(tables);
        Nodes = new MemoryNodes(this);
        Lockouts = new MemoryLockouts(this);
        Rollouts = new MemoryRollouts(this);
        Quotas = new MemoryQuotas(this);
        Shares = new MemoryShares(this);
        Pins = new MemoryPins(this);
        Records = new MemoryRecords(this);
        Leases = new MemoryLeases(this);
        Questions = new MemoryQuestions(this);
        Replays = new MemoryReplays(this);
    }

    /// <param name="time">The clock of the store.</param>
    public MemoryStore(TimeProvider time)
        : this(new MemoryTables(time))
    {
    }

    public IStoreSchema Schema { get; }

    public IChangeFeed Changes { get; }

    public INodeStore Nodes { get; }

    public ILockoutStore Lockouts { get; }

    public IRolloutStore Rollouts { get; }

    public IQuotaStore Quotas { get; }

    public IShareStore Shares { get; }

    public IPinStore Pins { get; }

    public ISharedRecordStore Records { get; }

    public ILeaseStore Leases { get; }

    public IQuestionStore Questions { get; }

    public IReplayStore Replays { get; }

    /// <summary>One request: all of it or nothing, and alone.</summary>
    public virtual Task<T> CallAsync<T>(Func<MemoryTables, T> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tables.Lock) return Task.FromResult(request(_tables));
    }

    public virtual ValueTask DisposeAsync() => default;
}
