using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <summary>The bytes that one stream may still receive, and when the peer is granted more. The window starts small and doubles while the
/// reader empties it within a few round trips: then the window, not the reader, is what holds the sender back.</summary>
/// <remarks>Received and consumed bytes are counted by different threads; each method takes the lock.</remarks>
internal sealed class ReceiveWindow(MemoryBudget budget, TimeProvider time)
{
    /// <summary>The most a stream may grow to: enough for 1.3 Gbit/s at 100 ms.</summary>
    public const int Maximum = 16 * 1024 * 1024;

    // A window emptied within this many round trips is too small for the path.
    private const int GrowWithinRoundTrips = 4;

    private readonly Lock _lock = new();
    private long _size = TunnelWire.InitialWindow;
    private long _receivable = TunnelWire.InitialWindow;
    private long _consumed;
    private long _lastGrant = time.GetTimestamp();
    private bool _released;

    /// <summary>Whether credit is due that the carrier's memory does not allow now.</summary>
    public bool IsWithheld { get; private set; }

    /// <summary>Counts received bytes.</summary>
    /// <returns>False when the peer has sent more than it was granted.</returns>
    public bool TryReceive(int bytes)
    {
        lock (_lock)
        {
            _receivable -= bytes;
            return _receivable >= 0;
        }
    }

    /// <summary>Counts bytes that the reader has taken.</summary>
    /// <returns>The credit to grant now; 0 for none yet, or none before the carrier is within its share of the memory again.</returns>
    public uint Consume(int bytes, TimeSpan roundTrip)
    {
        lock (_lock)
        {
            if (_released) return 0;
            _consumed += bytes;
            if (_consumed < _size / 2) return 0;
            IsWithheld = budget.IsTight;
            if (IsWithheld) return 0;
            long grant = _consumed;
            _consumed = 0;
            long now = time.GetTimestamp();
            if (time.GetElapsedTime(_lastGrant, now) < roundTrip * GrowWithinRoundTrips) grant += Grow();
            _lastGrant = now;
            _receivable += grant;
            return (uint)grant;
        }
    }

    /// <summary>Gives the memory it grew into back to the session; a reader that still empties its buffer is granted no more.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (_released) return;
            _released = true;
            IsWithheld = false;
            budget.Return(_size - TunnelWire.InitialWindow);
            _size = TunnelWire.InitialWindow;
        }
    }

    private long Grow()
    {
        long wanted = Math.Min(_size, Maximum - _size);
        long granted = wanted <= 0 ? 0 : budget.Take(wanted);
        _size += granted;
        return granted;
    }
}
