using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The waits of one direction of a session for its bandwidth.</summary>
internal sealed class PaceHold(SessionPace pace, bool up) : IReaderHold
{
    private long _begun;
    private long _ended;

    public object? Group => pace.GroupOf(up);

    public void Begin() => Interlocked.Increment(ref _begun);

    public void End() => Interlocked.Increment(ref _ended);

    // A wait that was under way at any time since the mark lasts still, or has ended since.
    public bool HeldSince(ref long mark)
    {
        long ended = Volatile.Read(ref _ended);
        bool held = ended != mark || Volatile.Read(ref _begun) != ended;
        mark = ended;
        return held;
    }
}
