namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Holds all that share it to a number of bytes a second together. Thread-safe.</summary>
/// <remarks>A caller that has moved bytes waits until their time is over; shares are equal where amounts are.</remarks>
internal sealed class Pacer(long bytesPerSecond, TimeProvider time)
{
    // The bytes that may be moved at once after a pause, and that a timer that fires late does not lose; too few to show in the average.
    private const double BurstSeconds = 0.2;

    // A wait shorter than the timers' resolution is added to the next one.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly double _ticksPerByte = (double)time.TimestampFrequency / bytesPerSecond;
    private readonly double _burst = BurstSeconds * time.TimestampFrequency;
    private readonly long _began = time.GetTimestamp();
    private double _busyUntil = double.MinValue;

    public long BytesPerSecond { get; } = bytesPerSecond;

    /// <summary>More was moved than its time so far allows.</summary>
    public bool IsAhead
    {
        get
        {
            lock (_lock) return _busyUntil > Now - _burst;
        }
    }

    /// <summary>Counts bytes that were moved.</summary>
    /// <returns>How long to wait before more may be moved.</returns>
    public TimeSpan Charge(long bytes)
    {
        double now = Now;
        double ahead;
        lock (_lock)
        {
            _busyUntil = Math.Max(_busyUntil, now - _burst) + bytes * _ticksPerByte;
            ahead = _busyUntil - now;
        }
        TimeSpan wait = TimeSpan.FromSeconds(Math.Max(0, ahead / time.TimestampFrequency));
        return wait < ShortestWait ? TimeSpan.Zero : wait;
    }

    /// <summary>Counts bytes that nobody is held back for.</summary>
    /// <returns>How long <see cref="Charge"/> would have had the caller wait. From here on it counts as waited: the same bytes are held back once.</returns>
    public TimeSpan ChargeInShadow(long bytes)
    {
        lock (_lock)
        {
            TimeSpan wait = Charge(bytes);
            if (wait > TimeSpan.Zero) _busyUntil = Now;
            return wait;
        }
    }

    // From its beginning, so that a double holds every tick.
    private double Now => time.GetTimestamp() - _began;
}
