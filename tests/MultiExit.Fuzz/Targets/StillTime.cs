namespace MultiExit.Fuzz.Targets;

/// <summary>A clock that stands still: the outcome depends on the input alone.</summary>
internal sealed class StillTime : TimeProvider
{
    public static StillTime Instance { get; } = new();

    public override long GetTimestamp() => 1;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new StillTimer();

    private sealed class StillTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
