using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>What a node says of a limit of a user.</summary>
/// <param name="Account">The user, as limits know it.</param>
/// <param name="Kind">The limit.</param>
/// <param name="Demand">What the user would have on this node if it were alone.</param>
/// <param name="Used">What it has, and cannot be taken: live sessions; 0 for rates.</param>
/// <param name="Wanted">What this node asks for.</param>
/// <param name="Limit">The number for all nodes together.</param>
internal sealed record ShareDemand(string Account, ShareKind Kind, long Demand, long Used, long Wanted, long Limit);
