using MultiExit.Engine.Fleet.Nodes;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A row of a node.</summary>
internal sealed record MemoryNode(NodeEntry Entry, long Epoch, DateTimeOffset Joined)
{
    public DateTimeOffset Seen { get; set; }

    public bool HasLeft { get; set; }

    public bool IsOf(NodeEntry node, long epoch) => Epoch == epoch && Entry.Instance == node.Instance;
}
