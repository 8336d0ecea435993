using MultiExit.Engine.States;

namespace MultiExit.Engine.Sessions;

/// <summary>The totals of an inbound's sessions. Kept by name, so a reload does not touch it.</summary>
internal sealed class InboundTotals
{
    private readonly Dictionary<ExitState, (long Up, long Down)> _ended = [];
    private long _total;
    private int _live;

    /// <summary>All since the start, the live ones included.</summary>
    public long Total => Volatile.Read(ref _total);

    public int Live => Volatile.Read(ref _live);

    /// <summary>The bytes of those that have ended, by exit. Under the lock of the table.</summary>
    public IReadOnlyDictionary<ExitState, (long Up, long Down)> Ended => _ended;

    public void Began()
    {
        Interlocked.Increment(ref _total);
        Interlocked.Increment(ref _live);
    }

    /// <summary>Under the lock of the table.</summary>
    public void Left(Session session)
    {
        session.AddTo(_ended, byAccount: true);
        Interlocked.Decrement(ref _live);
    }
}
