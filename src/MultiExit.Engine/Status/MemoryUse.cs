namespace MultiExit.Engine.Status;

/// <summary>The memory that the carriers of a server hold for readers that do not keep up.</summary>
/// <param name="Used">The bytes now.</param>
/// <param name="Limit">The most (<c>limits.memory</c>), in bytes.</param>
/// <param name="Stalls">How often since the start a carrier was not read for a while because it held all the memory that was left (MX1064).</param>
public sealed record MemoryUse(long Used, long Limit, long Stalls);
