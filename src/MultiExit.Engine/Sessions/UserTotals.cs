using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <summary>The totals of a user's sessions. Kept by name, so a reload does not touch it. Thread-safe.</summary>
internal sealed class UserTotals
{
    private int _sessions;
    private long _total;
    private long _endedBytesUp;
    private long _endedBytesDown;

    public void Began()
    {
        Interlocked.Increment(ref _sessions);
        Interlocked.Increment(ref _total);
    }

    public void Ended(long bytesUp, long bytesDown)
    {
        Interlocked.Add(ref _endedBytesUp, bytesUp);
        Interlocked.Add(ref _endedBytesDown, bytesDown);
        Interlocked.Decrement(ref _sessions);
    }

    public UserStatus ToStatus(string name, IEnumerable<Session> live) => new(
        name, Volatile.Read(ref _sessions), Volatile.Read(ref _total),
        Volatile.Read(ref _endedBytesUp) + live.Sum(session => session.BytesUp),
        Volatile.Read(ref _endedBytesDown) + live.Sum(session => session.BytesDown));
}
