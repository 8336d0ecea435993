namespace MultiExit.Engine.Fleet;

/// <summary>When a work runs again. <see cref="Wake"/> is thread-safe; the rest is the worker's.</summary>
internal sealed class FleetTurn(IFleetWork work, TimeProvider time)
{
    // What others announce, however often, costs no more than this.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    // Of the whole time of a clock small parts get lost.
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _next;
    private TimeSpan _soonest;
    private int _isWoken;
    private int _failures;

    public IFleetWork Work => work;

    public bool IsDue => Wait <= TimeSpan.Zero;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>How long until it runs.</summary>
    public TimeSpan Wait => (Volatile.Read(ref _isWoken) != 0 ? _soonest : _next) - Now;

    /// <summary>Whether it has failed again, with a sign of life of the store in between: one failure alone may be that of the store.</summary>
    public bool HasFailedAgain => _failures > 1;

    public void Wake() => Volatile.Write(ref _isWoken, 1);

    public void Begin() => Volatile.Write(ref _isWoken, 0);

    public void End(bool succeeded)
    {
        TimeSpan now = Now;
        _failures = succeeded ? 0 : _failures + 1;
        _next = now + (succeeded || work.Period < FleetTimes.Beat ? work.Period : FleetTimes.Beat);
        _soonest = now + (succeeded ? Gap : FleetTimes.Retry);
    }
}
