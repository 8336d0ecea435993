using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet;

/// <summary>This server as a member, as of the last exchange.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Node">The name of the node.</param>
/// <param name="Epoch">Tells this server from the earlier ones of the name; what it writes has it, and is refused when there is a newer one.</param>
/// <param name="Nodes">All nodes.</param>
internal sealed record FleetMember(string Fleet, string Node, long Epoch, IReadOnlyList<NodeStatus> Nodes);
