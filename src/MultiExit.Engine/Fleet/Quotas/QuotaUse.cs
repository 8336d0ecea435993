namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>What several nodes together have of one quota.</summary>
/// <param name="Spent">The bytes that have passed.</param>
/// <param name="Taken">Those and the ones that are reserved.</param>
internal readonly record struct QuotaUse(long Spent, long Taken);
