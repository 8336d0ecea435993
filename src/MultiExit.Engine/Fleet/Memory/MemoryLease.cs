namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A row of a lease.</summary>
internal sealed record MemoryLease(string Node, long Epoch, long Token, DateTimeOffset Until);
