namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A row of a pin; without a member: there is none since then.</summary>
internal sealed record MemoryPin(string? Member, DateTimeOffset Seen, TimeSpan Lasts, TimeSpan? Lifetime, long Version);
