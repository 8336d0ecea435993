namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>Who writes, and what of: nothing of it is written twice, and nothing behind something newer.</summary>
/// <param name="Member">The node.</param>
/// <param name="Ledger">Tells the count that it keeps in its file from one that was lost.</param>
/// <param name="Month">The month, <c>yyyy-MM</c>.</param>
/// <param name="Sequence">Counts up with each request of an epoch.</param>
internal sealed record QuotaWriter(FleetMember Member, Guid Ledger, string Month, long Sequence);
