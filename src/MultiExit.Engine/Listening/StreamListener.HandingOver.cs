using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Listening;

/// <content>A reload that exchanges one address for all of them on the same port, or all for one. Both listeners exist for a while, so that no
/// connection is refused: the system gives a connection to the listener whose address is the more exact.</content>
internal sealed partial class StreamListener
{
    // Connections whose handshake began at the old listener come to it, and to no other.
    private static readonly TimeSpan HandOverTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<StreamListener> _absorbed = [];
    private volatile InboundListener[]? _heirs;
    private StreamListener? _absorbedBy;
    private ITimer? _handOverEnds;
    private int _handOver; // counts hand-overs, so that a timer that fires late knows which one it belongs to
    private bool _closed;

    /// <summary>Whether the socket is closed.</summary>
    public override bool IsClosed
    {
        get
        {
            lock (_lock) return _closed;
        }
    }

    protected override bool SharesPort
    {
        set
        {
            // A hand-over may end at any moment.
            lock (_lock)
                if (!_closed) socket.SharesPort = value;
        }
    }

    /// <summary>A listener on one address, whose heir has all of them, goes on beside it for as long as the heir exists: closing it would refuse
    /// connections on their way to it. A listener on all addresses is closed after a second.</summary>
    public override void HandOver(IReadOnlyList<InboundListener> heirs)
    {
        StreamListener[] absorbed;
        lock (_lock)
        {
            _heirs = [.. heirs];
            _absorbedBy = heirs is [StreamListener heir] && Covers(heir.Port.EndPoint.Address, Port.EndPoint.Address) ? heir : null;
            if (_absorbedBy is null) EndHandOverInTime();
            absorbed = [.. _absorbed];
            _absorbed.Clear();
        }
        _absorbedBy?.Absorb(this, added: true);
        // The addresses that it took over from others go on to its heirs, or are no longer listened on.
        foreach (StreamListener listener in absorbed)
        {
            if (Array.Find([.. heirs], heir => Covers(heir.Port.EndPoint.Address, listener.Port.EndPoint.Address)) is { } heir) listener.HandOver([heir]);
            else listener.Dispose();
        }
    }

    /// <summary>The socket stays from here on. It goes on for its heirs until <see cref="Serve"/>.</summary>
    public override bool TryReopen()
    {
        lock (_lock)
        {
            if (_closed) return false;
            StopTimer();
            return true;
        }
    }

    public override void Serve(InboundRuntime next)
    {
        base.Serve(next);
        StreamListener? absorbedBy;
        lock (_lock)
        {
            _heirs = null;
            absorbedBy = _absorbedBy;
            _absorbedBy = null;
        }
        absorbedBy?.Absorb(this, added: false);
    }

    public override void GiveUp()
    {
        lock (_lock)
        {
            // The reload that reopened it has failed: it goes on as before.
            if (_heirs is not null)
            {
                if (_absorbedBy is null && !_closed) EndHandOverInTime();
                return;
            }
        }
        Close();
    }

    private void Absorb(StreamListener listener, bool added)
    {
        lock (_lock)
        {
            if (added) _absorbed.Add(listener);
            else _absorbed.Remove(listener);
        }
    }

    // Under the lock.
    private void EndHandOverInTime()
    {
        StopTimer();
        int own = _handOver;
        _handOverEnds = _time.CreateTimer(_ => Close(own), null, HandOverTime, Timeout.InfiniteTimeSpan);
    }

    // Under the lock.
    private void StopTimer()
    {
        _handOver++;
        _handOverEnds?.Dispose();
    }

    // The number of the hand-over that ends; null: the one under way, whichever it is.
    private void Close(int? handOver = null)
    {
        StreamListener[] absorbed;
        lock (_lock)
        {
            if (_closed || (handOver is { } own && own != _handOver)) return;
            _closed = true;
            StopTimer();
            absorbed = [.. _absorbed];
        }
        OwnConnections.Process.Remove(_port);
        socket.Dispose();
        foreach (StreamListener listener in absorbed) listener.Dispose();
    }
}
