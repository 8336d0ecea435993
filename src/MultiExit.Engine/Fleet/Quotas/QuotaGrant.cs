namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>What the store says to a <see cref="QuotaDemand"/>.</summary>
/// <param name="Account">The user.</param>
/// <param name="Spent">The bytes of this node: more than it has said where its file has lost some.</param>
/// <param name="Reserved">Up to how many are reserved for it.</param>
/// <param name="Others">Of the other nodes.</param>
internal sealed record QuotaGrant(string Account, long Spent, long Reserved, QuotaUse Others);
