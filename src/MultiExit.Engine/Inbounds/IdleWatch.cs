namespace MultiExit.Engine.Inbounds;

/// <summary>Calls back once nothing has happened for a time. Thread-safe.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Action _idle;
    private readonly ITimer _timer;
    private long _last;

    /// <param name="time">The clock.</param>
    /// <param name="limit">The time.</param>
    /// <param name="idle">Called then, once at least.</param>
    public IdleWatch(TimeProvider time, TimeSpan limit, Action idle)
    {
        _time = time;
        _limit = limit;
        _idle = idle;
        _last = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((IdleWatch)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something happens.</summary>
    public void Touch() => Volatile.Write(ref _last, _time.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        TimeSpan left = _limit - _time.GetElapsedTime(Volatile.Read(ref _last));
        if (left <= TimeSpan.Zero) _idle();
        else _timer.Change(left, Timeout.InfiniteTimeSpan);
    }
}
