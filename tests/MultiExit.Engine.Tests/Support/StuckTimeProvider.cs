namespace MultiExit.Engine.Tests.Support;

/// <summary>The system's time; the timers of the server itself cannot be disposed of without an error.</summary>
internal sealed class StuckTimeProvider : TimeProvider
{
    public const string Message = "the timer is stuck";

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new StuckTimer(System.CreateTimer(callback, state, dueTime, period),
            callback.Method.DeclaringType!.FullName!.Contains(".Server.SweepTimer", StringComparison.Ordinal));

    private sealed class StuckTimer(ITimer timer, bool isStuck) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose() => timer.Dispose();

        public async ValueTask DisposeAsync()
        {
            await timer.DisposeAsync();
            if (isStuck) throw new InvalidOperationException(Message);
        }
    }
}
