namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>What a node says of a user whose quota is the fleet's. Amounts are those of the whole month, so that the same is safely said twice.</summary>
/// <param name="Account">The user, as limits know it.</param>
/// <param name="Spent">The bytes that have passed on this node.</param>
/// <param name="Wanted">Up to how many this node wants to have reserved.</param>
/// <param name="Quota">The quota.</param>
internal sealed record QuotaDemand(string Account, long Spent, long Wanted, long Quota);
