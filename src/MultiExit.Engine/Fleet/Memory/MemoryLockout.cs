namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A row of a lockout.</summary>
internal sealed record MemoryLockout(DateTimeOffset Until, string Node, long Version);
