namespace MultiExit.Engine.Status;

/// <summary>The tables of the store of a fleet.</summary>
/// <param name="Store">The store, without a password.</param>
/// <param name="Version">The version that they have; 0: there are none.</param>
/// <param name="Needed">The version that this program needs.</param>
public sealed record StoreStatus(string Store, int Version, int Needed);
