namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>What other nodes have used.</summary>
/// <param name="Version">The version that was read up to.</param>
/// <param name="IsAll">Whether it is everything, and not only what has changed.</param>
/// <param name="Uses">By account.</param>
internal sealed record QuotaChanges(long Version, bool IsAll, IReadOnlyList<(string Account, QuotaUse Use)> Uses);
