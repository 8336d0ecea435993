namespace MultiExit.Engine.Balancing;

/// <summary>The time for all attempts of a dial, shared so that a dead exit leaves enough for the next one.</summary>
/// <param name="total">All of it; null for no bound.</param>
/// <param name="time">The clock.</param>
internal readonly struct TimeBudget(TimeSpan? total, TimeProvider time)
{
    // The least share of an attempt while any time is left: with less, even a good exit would fail.
    private static readonly TimeSpan LeastShare = TimeSpan.FromSeconds(1);

    private readonly long _began = time.GetTimestamp();

    /// <summary>Whether nothing is left.</summary>
    public bool IsSpent => Left is { } left && left <= TimeSpan.Zero;

    private TimeSpan? Left => total - time.GetElapsedTime(_began);

    /// <summary>What the next attempt may take.</summary>
    /// <param name="attempts">The attempts still to come, this one included.</param>
    public TimeSpan? Share(int attempts)
    {
        if (Left is not { } left) return null;
        TimeSpan share = left / attempts;
        return share >= LeastShare ? share : left < LeastShare ? left : LeastShare;
    }
}
