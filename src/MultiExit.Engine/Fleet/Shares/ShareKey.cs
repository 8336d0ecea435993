using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>One limit of one user.</summary>
/// <param name="Account">The user.</param>
/// <param name="Kind">Which limit.</param>
internal readonly record struct ShareKey(string Account, ShareKind Kind);
