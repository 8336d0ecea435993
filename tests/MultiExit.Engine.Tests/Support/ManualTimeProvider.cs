namespace MultiExit.Engine.Tests.Support;

/// <summary>Time that moves when a test says so. Timers fire inside <see cref="Advance"/>.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now + WallOffset;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _now.Ticks;
    }

    /// <summary>By how much the wall clock is wrong; timers and timestamps are not affected.</summary>
    public TimeSpan WallOffset { get; set; }

    /// <summary>How many timers are armed.</summary>
    public int Armed
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes once that many timers are armed: then the code under test waits for the clock.</summary>
    public Task WaitForTimersAsync(int count)
    {
        lock (_lock)
        {
            if (_timers.Count >= count) return Task.CompletedTask;
            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(TestTransports.Patience);
        }
    }

    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(timer => timer.Due <= _now).OrderBy(timer => timer.Due)];
            foreach (ManualTimer timer in due)
            {
                if (timer.Period > TimeSpan.Zero) timer.Due += timer.Period;
                else _timers.Remove(timer);
            }
        }
        foreach (ManualTimer timer in due) timer.Fire();
    }

    private void Arm(ManualTimer timer, TimeSpan dueTime)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (dueTime < TimeSpan.Zero) return;
            timer.Due = _now + dueTime;
            _timers.Add(timer);
            foreach ((int count, TaskCompletionSource reached) in _waiters)
                if (_timers.Count >= count) reached.TrySetResult();
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            owner.Arm(this, dueTime);
            return true;
        }

        public void Dispose() => owner.Arm(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
