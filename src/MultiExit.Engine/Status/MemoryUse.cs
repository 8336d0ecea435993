namespace MultiExit.Engine.Status;

/// <summary>What the carriers of a server hold for readers that do not keep up.</summary>
/// <param name="Used">The bytes now.</param>
/// <param name="Limit">The most (<c>limits.memory</c>), in bytes.</param>
/// <param name="Stalls">How often a carrier was not read for a while, since it held all that was left, since the start (MX1064).</param>
public sealed record MemoryUse(long Used, long Limit, long Stalls);
