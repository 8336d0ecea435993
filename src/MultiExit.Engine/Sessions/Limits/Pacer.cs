namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Holds all that share it to a number of bytes a second together. Thread-safe.</summary>
/// <remarks>A caller that has moved bytes waits until their time is over; shares are equal where amounts are. The number may change at any time: what
/// was moved ahead of time stays owed, byte by byte, and what was saved up stays as it is.</remarks>
internal sealed class Pacer(long bytesPerSecond, TimeProvider time)
{
    // The bytes that may be moved at once after a pause, and that a timer that fires late does not lose; too few to show in the average.
    private const double BurstSeconds = 0.2;

    // A wait shorter than the timers' resolution is added to the next one.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly double _burst = BurstSeconds * time.TimestampFrequency;
    private readonly long _began = time.GetTimestamp();
    private double _ticksPerByte = (double)time.TimestampFrequency / bytesPerSecond;
    private double _busyUntil = double.MinValue;
    private long _bytesPerSecond = bytesPerSecond;
    private long _charged;
    private bool _hasHeld;

    public long BytesPerSecond => Volatile.Read(ref _bytesPerSecond);

    /// <summary>More was moved than its time so far allows.</summary>
    public bool IsAhead
    {
        get
        {
            lock (_lock) return _busyUntil > Now - _burst;
        }
    }

    /// <summary>Another number of bytes a second from now on.</summary>
    public void Change(long bytesPerSecond)
    {
        lock (_lock)
        {
            if (bytesPerSecond == _bytesPerSecond) return;
            double now = Now, ticksPerByte = (double)time.TimestampFrequency / bytesPerSecond;
            _busyUntil = now + Math.Max(-_burst, (Math.Max(_busyUntil, now - _burst) - now) / _ticksPerByte * ticksPerByte);
            _ticksPerByte = ticksPerByte;
            Volatile.Write(ref _bytesPerSecond, bytesPerSecond);
        }
    }

    /// <summary>Counts bytes that were moved.</summary>
    /// <returns>How long to wait before more may be moved.</returns>
    public TimeSpan Charge(long bytes) => Charge(bytes, out _);

    /// <inheritdoc cref="Charge(long)"/>
    /// <param name="bytes">How many.</param>
    /// <param name="turn">What <see cref="WaitFor"/> knows them by.</param>
    public TimeSpan Charge(long bytes, out long turn)
    {
        lock (_lock)
        {
            double now = Now;
            _busyUntil = Math.Max(_busyUntil, now - _burst) + bytes * _ticksPerByte;
            turn = _charged += bytes;
            TimeSpan wait = WaitOf(_busyUntil - now);
            _hasHeld |= wait > TimeSpan.Zero;
            return wait;
        }
    }

    /// <summary>How long to wait still, by the number of bytes a second that holds now.</summary>
    /// <param name="turn">What was charged.</param>
    public TimeSpan WaitFor(long turn)
    {
        lock (_lock) return WaitOf(_busyUntil - Now - (_charged - turn) * _ticksPerByte);
    }

    /// <summary>Counts bytes that nobody is held back for.</summary>
    /// <returns>How long <see cref="Charge(long)"/> would have had the caller wait. From here on it counts as waited: the same bytes are held back
    /// once.</returns>
    public TimeSpan ChargeInShadow(long bytes)
    {
        lock (_lock)
        {
            TimeSpan wait = Charge(bytes);
            if (wait > TimeSpan.Zero) _busyUntil = Now;
            return wait;
        }
    }

    /// <summary>What was charged so far, and whether anybody was held back since the last time that this was asked, or still is.</summary>
    public (long Charged, bool HasHeld) TakeUse()
    {
        lock (_lock)
        {
            bool hasHeld = _hasHeld || WaitOf(_busyUntil - Now) > TimeSpan.Zero;
            _hasHeld = false;
            return (_charged, hasHeld);
        }
    }

    private TimeSpan WaitOf(double ahead)
    {
        TimeSpan wait = TimeSpan.FromSeconds(Math.Clamp(ahead / time.TimestampFrequency, 0, TimeSpan.FromDays(365).TotalSeconds));
        return wait < ShortestWait ? TimeSpan.Zero : wait;
    }

    // From its beginning, so that a double holds every tick.
    private double Now => time.GetTimestamp() - _began;
}
