namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A row of a quota on a node.</summary>
internal sealed record MemoryQuota(long Epoch, long Sequence, long Spent, long Reserved, long Version);
