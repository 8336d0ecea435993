using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds;

/// <summary>Ends a UDP association that has had no datagram in either direction for some time. Thread-safe.</summary>
/// <param name="timeout">That time.</param>
/// <param name="time">The clock.</param>
internal sealed class UdpIdle(TimeSpan timeout, TimeProvider time)
{
    private long _lastActive = time.GetTimestamp();

    /// <summary>There was a datagram.</summary>
    public void Touch() => Volatile.Write(ref _lastActive, time.GetTimestamp());

    /// <summary>Watches a session until the timer is disposed of.</summary>
    public ITimer Watch(UdpSession session)
    {
        ITimer? timer = null;
        timer = time.CreateTimer(_ =>
        {
            TimeSpan left = timeout - time.GetElapsedTime(Volatile.Read(ref _lastActive));
            if (left <= TimeSpan.Zero) session.Abort(SessionOutcome.Idle);
            else timer?.Change(left, Timeout.InfiniteTimeSpan);
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(timeout, Timeout.InfiniteTimeSpan);
        return timer;
    }
}
