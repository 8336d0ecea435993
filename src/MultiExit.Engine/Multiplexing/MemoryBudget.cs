namespace MultiExit.Engine.Multiplexing;

/// <summary>The memory that all windows of a carrier may grow into together.</summary>
internal sealed class MemoryBudget(long total)
{
    private long _left = total;

    /// <summary>Takes the amount, or nothing.</summary>
    public long Take(long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) >= 0) return bytes;
        Interlocked.Add(ref _left, bytes);
        return 0;
    }

    public void Return(long bytes) => Interlocked.Add(ref _left, bytes);
}
