namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Holds those who share it to so many bytes a second together. Thread-safe.</summary>
/// <remarks>Who has moved bytes waits until their time is over; shares are equal where amounts are.</remarks>
internal sealed class Pacer(long bytesPerSecond, TimeProvider time)
{
    // What may be moved at once after a pause; a part of a second small enough not to show in the average.
    private const double BurstSeconds = 0.05;

    // A wait shorter than the timers' resolution is left to the next one.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly double _ticksPerByte = (double)time.TimestampFrequency / bytesPerSecond;
    private readonly double _burst = BurstSeconds * time.TimestampFrequency;
    private double _busyUntil;

    public long BytesPerSecond { get; } = bytesPerSecond;

    /// <summary>Counts bytes that were moved.</summary>
    /// <returns>How long to wait before more may be moved.</returns>
    public TimeSpan Charge(long bytes)
    {
        long now = time.GetTimestamp();
        double ahead;
        lock (_lock)
        {
            _busyUntil = Math.Max(_busyUntil, now - _burst) + bytes * _ticksPerByte;
            ahead = _busyUntil - now;
        }
        TimeSpan wait = TimeSpan.FromSeconds(Math.Max(0, ahead / time.TimestampFrequency));
        return wait < ShortestWait ? TimeSpan.Zero : wait;
    }
}
