using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>What the store says to a <see cref="ShareDemand"/>.</summary>
/// <param name="Account">The user.</param>
/// <param name="Kind">The limit.</param>
/// <param name="Granted">What this node has from now on, for <see cref="FleetTimes.ShareTimeToLive"/>.</param>
internal sealed record ShareGrant(string Account, ShareKind Kind, long Granted);
