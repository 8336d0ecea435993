using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>The members of fleets in memory.</summary>
internal sealed class MemoryNodes(MemoryStore store) : INodeStore
{
    public Task<long> JoinAsync(NodeEntry node, long above, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            MemoryNode? before = tables.Nodes.GetValueOrDefault((node.Fleet, node.Name));
            long floor = Math.Max(before?.Epoch ?? 0, above);
            bool isSame = before?.Entry.Instance == node.Instance;
            MemoryNode row = new(node, isSame ? floor : floor + 1, isSame ? before!.Joined : tables.Now) { Seen = tables.Now };
            tables.Nodes[(node.Fleet, node.Name)] = row;
            return row.Epoch;
        },
        cancellationToken);

    public Task<long> BeatAsync(NodeEntry node, long epoch, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            if (!tables.Nodes.TryGetValue((node.Fleet, node.Name), out MemoryNode? row)) return 0L;
            if (row.IsOf(node, epoch) && !row.HasLeft) row.Seen = tables.Now;
            return row.Epoch;
        },
        cancellationToken);

    public Task LeaveAsync(NodeEntry node, long epoch, CancellationToken cancellationToken) => store.CallAsync(
        tables => tables.Nodes.TryGetValue((node.Fleet, node.Name), out MemoryNode? row) && row.IsOf(node, epoch) && (row.HasLeft = true),
        cancellationToken);

    public Task<IReadOnlyList<NodeStatus>> ListAsync(string fleet, CancellationToken cancellationToken) => store.CallAsync<IReadOnlyList<NodeStatus>>(
        tables => [.. tables.Nodes.Values.Where(row => row.Entry.Fleet == fleet).OrderBy(row => row.Entry.Name, StringComparer.Ordinal)
            .Take(FleetTimes.MaxNodes).Select(row => StatusOf(row, tables.Now - row.Seen))],
        cancellationToken);

    private static NodeStatus StatusOf(MemoryNode row, TimeSpan silence) => new(
        row.Entry.Name, row.HasLeft ? NodeState.Left : silence < FleetTimes.TimeToLive ? NodeState.Alive : NodeState.Silent,
        row.Epoch, row.Joined, silence, row.Entry.Version, row.Entry.Labels);
}
