namespace MultiExit.Engine.Balancing;

/// <summary>A client or user and its member.</summary>
/// <param name="Id">The first half of the SHA-256 of the client's or user's key: of a fixed size, and no name on disk.</param>
/// <param name="Member">The member's name, so that the order of members does not count.</param>
/// <param name="Age">The time since its last connection.</param>
/// <param name="Lifetime">How long it lasts; null: as long as those of the group.</param>
internal readonly record struct StickyBinding(UInt128 Id, string Member, TimeSpan Age, TimeSpan? Lifetime = null);
