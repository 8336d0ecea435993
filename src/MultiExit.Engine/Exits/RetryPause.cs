namespace MultiExit.Engine.Exits;

/// <summary>How long to wait before another attempt: 100 ms, doubled each time up to 5 s, shortened at random by up to a half, so
/// that callers that wait for the same thing do not come back all at once.</summary>
internal static class RetryPause
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <param name="attempt">How many pauses there were before.</param>
    public static TimeSpan After(int attempt)
    {
        TimeSpan full = First * Math.Pow(2, Math.Min(attempt, 10));
        if (full > Longest) full = Longest;
        return full * (0.5 + Random.Shared.NextDouble() / 2);
    }
}
