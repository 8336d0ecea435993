namespace MultiExit.Engine.Multiplexing;

/// <summary>The memory that all carriers of a server may hold for readers that do not keep up (<c>limits.memory</c>). Thread-safe.</summary>
/// <remarks>Each carrier may hold as much as all of them leave over, a dynamic threshold
/// (docs/decisions/0076-one-budget-of-memory-for-all-carriers.md).</remarks>
internal sealed class ServerMemory(long total)
{
    private long _total = total;
    private long _used;
    private long _stalls;

    /// <summary>The default where the configuration does not say: a quarter of what the runtime may use, in bytes.</summary>
    public static long Default => Math.Max(8L << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>The most, in bytes; a reload changes it.</summary>
    public long Total
    {
        get => Volatile.Read(ref _total);
        set => Volatile.Write(ref _total, value);
    }

    /// <summary>What is held now, in bytes.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>How often a carrier was not read for a while.</summary>
    public long Stalls => Interlocked.Read(ref _stalls);

    /// <summary>The bytes that are not held; below zero where more is held than a reload has left.</summary>
    public long Left => Total - Used;

    /// <summary>Counts bytes that are held; a negative number counts bytes that are given back.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>A carrier is not read for a while.</summary>
    public void CountStall() => Interlocked.Increment(ref _stalls);
}
