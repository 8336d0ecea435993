using System.Buffers.Binary;

namespace MultiExit.Engine.WebSockets;

/// <content>Pings, and the time-out of a peer that does not close.</content>
/// <remarks>A ping goes out every interval. A peer that sends nothing at all for the time-out after it is given up, while this side reads,
/// and where the ping cannot be waiting behind data that the peer has not read yet.</remarks>
internal sealed partial class WebSocketConnection
{
    private ITimer? _watch;
    private long _dataFrames;
    private long _framesAtPing;
    private long _framesRead;
    private ulong _pingNumber;
    private bool _pinged;
    private bool _suspected;
    private int _silentChecks;
    private bool _closing;
    private bool _watching;
    private volatile bool _released;
    private volatile bool _heard;
    private volatile bool _reading;

    private TimeSpan PingTimeout => _options.PingTimeout < _options.PingInterval ? _options.PingTimeout : _options.PingInterval;

    private void CheckAlive()
    {
        if (Volatile.Read(ref _closing))
        {
            // The bytes that the peer still had to send may be many.
            if (_reading && !_heard) Abort();
            _heard = false;
            Watch(_options.CloseTimeout);
            return;
        }
        if (!_pinged)
        {
            _heard = false;
            _suspected = false;
            _silentChecks = 0;
            _pinged = true;
            lock (_writer.Gate) _framesAtPing = _dataFrames;
            QueuePing(Interlocked.Increment(ref _pingNumber));
            Watch(PingTimeout / 2);
            return;
        }
        bool readsUs = _options.PeerAlwaysReads || Volatile.Read(ref _framesRead) == _framesAtPing;
        if (_heard)
        {
            _pinged = false;
            Watch(_options.PingInterval - PingTimeout / 2);
        }
        else if (!_reading || !readsUs && !IsSilentTooLong())
        {
            _suspected = false;
            Watch(PingTimeout / 2);
        }
        else if (!_suspected && readsUs)
        {
            _suspected = true;
            Watch(PingTimeout / 2);
        }
        else
        {
            _writer.Fail(new IOException("the peer does not answer pings"));
            _stream.Abort();
        }
    }

    private bool IsSilentTooLong() => _options.SilenceLimit > TimeSpan.Zero && ++_silentChecks * (PingTimeout / 2) >= _options.SilenceLimit;

    private void OnPong(ReadOnlySpan<byte> payload)
    {
        // The peer has read all that was sent ahead of the ping.
        if (payload.Length == sizeof(ulong) && BinaryPrimitives.ReadUInt64BigEndian(payload) == Interlocked.Read(ref _pingNumber))
            Volatile.Write(ref _framesRead, Volatile.Read(ref _framesAtPing));
    }

    private void StartWatching()
    {
        if (_watching) return;
        _watching = true;
        if (_options.PingInterval > TimeSpan.Zero) CreateWatch(_options.PingInterval);
    }

    private void WatchClose()
    {
        _heard = false;
        Volatile.Write(ref _closing, true);
        CreateWatch(_options.CloseTimeout);
        Watch(_options.CloseTimeout);
    }

    private void Watch(TimeSpan due)
    {
        try
        {
            _watch!.Change(due, Timeout.InfiniteTimeSpan);
            // A check that ran when the close began must not put it off.
            if (Volatile.Read(ref _closing) && due > _options.CloseTimeout) _watch.Change(_options.CloseTimeout, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Disposed meanwhile.
        }
    }

    private void CreateWatch(TimeSpan due)
    {
        if (_watch is not null) return;
        ITimer watch = _time.CreateTimer(static state => ((WebSocketConnection)state!).CheckAlive(), this, due, Timeout.InfiniteTimeSpan);
        if (Interlocked.CompareExchange(ref _watch, watch, null) is not null || _released) watch.Dispose();
    }

    private void StopWatching()
    {
        _released = true;
        _watch?.Dispose();
        _lingering?.Dispose();
    }
}
