using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A store in front of another one, which hangs or fails as a test says.</summary>
internal sealed class ScriptedStore(MemoryStore inner) : IFleetStore, INodeStore, IStoreSchema
{
    private int _calls;
    private int _running;

    public IStoreSchema Schema => this;

    public INodeStore Nodes => this;

    public int Needed => 1;

    /// <summary>The version of its tables.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Calls from now on never end, whatever their token says.</summary>
    public bool Hangs { get; set; }

    /// <summary>Every call from now on fails.</summary>
    public bool Fails { get; set; }

    /// <summary>Every second call fails.</summary>
    public bool FailsEverySecond { get; set; }

    /// <summary>The calls so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The calls that have not ended.</summary>
    public int Running => Volatile.Read(ref _running);

    public Task<int> ReadAsync(CancellationToken cancellationToken) => CallAsync(() => Task.FromResult(Version));

    public Task<int> UpdateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> JoinAsync(NodeEntry node, long above, CancellationToken cancellationToken) =>
        CallAsync(() => inner.JoinAsync(node, above, cancellationToken));

    public Task<long> BeatAsync(NodeEntry node, long epoch, CancellationToken cancellationToken) =>
        CallAsync(() => inner.BeatAsync(node, epoch, cancellationToken));

    public Task LeaveAsync(NodeEntry node, long epoch, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        await inner.LeaveAsync(node, epoch, cancellationToken);
        return 0;
    });

    public Task<IReadOnlyList<NodeStatus>> ListAsync(string fleet, CancellationToken cancellationToken) =>
        CallAsync(() => inner.ListAsync(fleet, cancellationToken));

    public ValueTask DisposeAsync() => default;

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        int number = Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _running);
        if (Hangs) await new TaskCompletionSource().Task;
        try
        {
            if (Fails || (FailsEverySecond && number % 2 == 0)) throw new ProxyException(ProxyError.StoreUnreachable, "the store is broken by a test");
            return await call();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
