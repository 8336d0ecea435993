using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet;

/// <summary>A store in memory for the servers of one process. Thread-safe.</summary>
/// <param name="time">The clock of the store.</param>
internal sealed class MemoryStore(TimeProvider time) : IFleetStore, INodeStore, IStoreSchema
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Fleet, string Name), Row> _nodes = [];

    public IStoreSchema Schema => this;

    public INodeStore Nodes => this;

    public int Needed => 1;

    public Task<int> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(Needed);

    public Task<int> UpdateAsync(CancellationToken cancellationToken) => Task.FromResult(Needed);

    public Task<long> JoinAsync(NodeEntry node, long above, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            Row? before = _nodes.GetValueOrDefault((node.Fleet, node.Name));
            long floor = Math.Max(before?.Epoch ?? 0, above);
            bool isSame = before?.Entry.Instance == node.Instance;
            Row row = new(node, isSame ? floor : floor + 1, isSame ? before!.Joined : now) { Seen = now };
            _nodes[(node.Fleet, node.Name)] = row;
            return Task.FromResult(row.Epoch);
        }
    }

    public Task<long> BeatAsync(NodeEntry node, long epoch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_nodes.TryGetValue((node.Fleet, node.Name), out Row? row)) return Task.FromResult(0L);
            if (IsOf(row, node, epoch) && !row.HasLeft) row.Seen = time.GetUtcNow();
            return Task.FromResult(row.Epoch);
        }
    }

    public Task LeaveAsync(NodeEntry node, long epoch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            if (_nodes.TryGetValue((node.Fleet, node.Name), out Row? row) && IsOf(row, node, epoch)) row.HasLeft = true;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<NodeStatus>> ListAsync(string fleet, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            return Task.FromResult<IReadOnlyList<NodeStatus>>([.. _nodes.Values.Where(row => row.Entry.Fleet == fleet)
                .OrderBy(row => row.Entry.Name, StringComparer.Ordinal).Take(FleetTimes.MaxNodes).Select(row => StatusOf(row, now - row.Seen))]);
        }
    }

    public ValueTask DisposeAsync() => default;

    private static bool IsOf(Row row, NodeEntry node, long epoch) => row.Epoch == epoch && row.Entry.Instance == node.Instance;

    private static NodeStatus StatusOf(Row row, TimeSpan silence) => new(
        row.Entry.Name, row.HasLeft ? NodeState.Left : silence < FleetTimes.TimeToLive ? NodeState.Alive : NodeState.Silent,
        row.Epoch, row.Joined, silence, row.Entry.Version, row.Entry.Labels);

    private sealed record Row(NodeEntry Entry, long Epoch, DateTimeOffset Joined)
    {
        public DateTimeOffset Seen { get; set; }

        public bool HasLeft { get; set; }
    }
}
