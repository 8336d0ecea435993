namespace MultiExit.Engine.Takeover;

/// <summary>An address that this host may use. Both processes have one clock: the time since the start of the system.</summary>
/// <param name="Address">The address.</param>
/// <param name="Realm">The store, fleet and node that it is of.</param>
/// <param name="Node">The node.</param>
/// <param name="Epoch">The epoch that it was got with.</param>
/// <param name="Token">Its token, which proves to the store that it was handed over.</param>
/// <param name="Until">The timestamp from which the address may not be used.</param>
internal sealed record HandedLease(string Address, string Realm, string Node, long Epoch, long Token, long Until);
