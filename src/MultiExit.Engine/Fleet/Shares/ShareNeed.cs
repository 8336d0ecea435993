namespace MultiExit.Engine.Fleet.Shares;

/// <summary>What a user wanted of a limit since the last look.</summary>
/// <param name="Key">Which limit.</param>
/// <param name="Limit">The number for all nodes together.</param>
/// <param name="Demand">What it would have had of it on this node; the limit where it was held back and nobody knows how much it wants.</param>
internal readonly record struct ShareNeed(ShareKey Key, long Limit, long Demand);
