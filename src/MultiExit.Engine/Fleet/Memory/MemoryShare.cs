namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A row of a share.</summary>
internal sealed record MemoryShare(long Epoch, long Sequence, long Demand, long Used, long Granted, DateTimeOffset Until);
