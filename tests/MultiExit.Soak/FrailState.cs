namespace MultiExit.Soak;

/// <summary>When a fault last touched the frail server or the way to it.</summary>
internal sealed class FrailState
{
    // A carrier is dialed again after 5 s at most, and a health check needs two probes more.
    private const long RecoveryMilliseconds = 15_000;
    private long _touched = long.MinValue / 2;
    private int _down;

    public void Touch() => Volatile.Write(ref _touched, Environment.TickCount64);

    public void GoDown() => Interlocked.Increment(ref _down);

    public void ComeUp()
    {
        Touch();
        Interlocked.Decrement(ref _down);
    }

    /// <summary>Whether a fault may have ended a session that began at that tick, or kept it from being opened.</summary>
    public bool MayHaveEnded(long began) => Volatile.Read(ref _down) > 0 || Volatile.Read(ref _touched) + RecoveryMilliseconds >= began;
}
