using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <content>What the session tells the history: now and then while it lives, and at its end. Under the lock of the table; the way of its bytes has
/// no part in it.</content>
internal partial class Session
{
    private bool _isTold;
    private long _toldUp;
    private long _toldDown;

    /// <summary>Says what it has done since the last time.</summary>
    /// <param name="traffic">The history.</param>
    /// <param name="ended">Whether it has ended; before, a session without an exit has nothing to say.</param>
    public void TellTraffic(ITrafficSink traffic, bool ended)
    {
        if (!_isTold && (ended || ExitState is not null))
        {
            _isTold = true;
            bool failed = ExitState is null && (FailedExit is not null || Outcome >= SessionOutcome.General);
            traffic.Add(KeyOf(Account), new TrafficDelta(1, failed ? 1 : 0, 0, 0, failed ? null : _times.DialMs(Time)));
        }
        TellBytes(traffic);
    }

    /// <summary>Says which bytes have moved since the last time, by exit.</summary>
    protected virtual void TellBytes(ITrafficSink traffic)
    {
        (long up, long down) = (BytesUp, BytesDown);
        if (up != _toldUp || down != _toldDown) traffic.Add(KeyOf(ExitState?.Account.Name), new TrafficDelta(0, 0, up - _toldUp, down - _toldDown));
        (_toldUp, _toldDown) = (up, down);
    }

    /// <summary>The row of the history: of a pool, there is one for all of its addresses.</summary>
    protected TrafficKey KeyOf(string? exit) => new(Request.User ?? "", AddressPools.PoolOf(exit ?? ""), Request.Inbound);
}
