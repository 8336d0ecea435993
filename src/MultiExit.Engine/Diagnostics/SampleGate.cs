namespace MultiExit.Engine.Diagnostics;

/// <summary>Lets a share of what comes through, evenly: of a share of 0.1 each tenth. Thread-safe.</summary>
internal sealed class SampleGate(double share)
{
    private long _count;

    /// <summary>Whether the next one passes.</summary>
    public bool Pass()
    {
        if (share >= 1) return true;
        long number = Interlocked.Increment(ref _count);
        return Math.Floor(number * share) > Math.Floor((number - 1) * share);
    }
}
