namespace MultiExit.Engine.Server;

/// <summary>Sweeps again and again, at a pace that reloads may change: however often they come, they do not put a sweep off.</summary>
internal sealed class SweepTimer : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private long _last;

    /// <param name="sweep">The work; it must not throw.</param>
    /// <param name="time">The clock.</param>
    public SweepTimer(Action sweep, TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            _ =>
            {
                Volatile.Write(ref _last, time.GetTimestamp());
                sweep();
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets the pace. Called with the configuration lock held.</summary>
    public void Every(TimeSpan period)
    {
        if (period == _period) return;
        TimeSpan waited = _period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _last));
        if (_period == Timeout.InfiniteTimeSpan) Volatile.Write(ref _last, _time.GetTimestamp());
        _period = period;
        _timer.Change(waited < period ? period - waited : TimeSpan.Zero, period);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
