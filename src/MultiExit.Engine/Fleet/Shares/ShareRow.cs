using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>What another node has said of a limit of a user.</summary>
/// <param name="Account">The user.</param>
/// <param name="Kind">The limit.</param>
/// <param name="Node">The node.</param>
/// <param name="Demand">What it wants.</param>
/// <param name="Used">What it has, and cannot be taken.</param>
internal sealed record ShareRow(string Account, ShareKind Kind, string Node, long Demand, long Used);
