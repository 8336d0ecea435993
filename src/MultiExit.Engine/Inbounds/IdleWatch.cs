namespace MultiExit.Engine.Inbounds;

/// <summary>Tells when nothing has happened for a time. Thread-safe.</summary>
/// <param name="limit">That time.</param>
/// <param name="time">The clock.</param>
internal sealed class IdleWatch(TimeSpan limit, TimeProvider time)
{
    private long _last = time.GetTimestamp();

    /// <summary>How long nothing has happened.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _last));

    /// <summary>Something happens.</summary>
    public void Touch() => Volatile.Write(ref _last, time.GetTimestamp());

    /// <summary>Calls back once the time has passed since the last touch, unless the timer is disposed of before.</summary>
    public ITimer Watch(Action idle)
    {
        ITimer? timer = null;
        timer = time.CreateTimer(_ =>
        {
            TimeSpan left = limit - Quiet;
            if (left <= TimeSpan.Zero) idle();
            else timer?.Change(left, Timeout.InfiniteTimeSpan);
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(limit, Timeout.InfiniteTimeSpan);
        return timer;
    }
}
