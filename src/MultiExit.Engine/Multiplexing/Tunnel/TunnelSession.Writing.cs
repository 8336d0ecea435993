using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <content>Writing: frames are sealed into the buffer of a writer that gathers them.</content>
internal sealed partial class TunnelSession
{
    // Streams wait while more than this is unsent; frames of the carrier itself may go beyond it.
    private const int HighWater = 128 * 1024;

    // A peer whose frames (PING, CONNECT) make us answer faster than it reads is cut off here.
    private const int HardLimit = 1024 * 1024;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(200);
    private readonly GatheringWriter _writer;
    private readonly TunnelFrameSealer _sealer;
    private ulong _pingSent;
    private long _lastPing;
    private long _closedWriting;
    private bool _measured;

    /// <summary>Sends a frame that does not wait: those of the carrier, and those that are small and few for each stream.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="id">The stream id.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="more">The rest of the payload.</param>
    /// <param name="of">The channel, unless the frame may follow its RESET.</param>
    internal void Send(TunnelFrameType type, uint id, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> more = default, ITunnelChannel? of = null)
    {
        FlushTurn turn = FlushTurn.None;
        bool overrun;
        lock (_writer.Gate)
        {
            // Checked under the lock that RESET takes as well, so that no frame follows the RESET.
            if (_writer.Failure is not null || of?.WasReset == true) return;
            overrun = _writer.Unsent > HardLimit;
            if (!overrun)
            {
                Seal(type, id, payload, more);
                turn = _writer.TakeTurn();
            }
        }
        if (overrun) Fail(new ProxyException(ProxyError.ProtocolViolation, "the peer makes more answers due than it reads"));
        _writer.Start(turn);
    }

    /// <summary>Sends DATA frames as there is room. Those that fit at once leave in one write.</summary>
    internal async ValueTask SendDataAsync(TunnelStream channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            int taken = SendData(channel, data.Span, out Task room);
            data = data[taken..];
            if (taken == 0) await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a datagram, or drops it when the carrier is full, as a network would.</summary>
    internal bool TrySendDatagram(ITunnelChannel channel, Destination address, ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[TunnelAddress.MaxLength];
        head = head[..TunnelDatagram.WriteHead(head, address)];
        if (head.Length + data.Length > TunnelWire.MaxPayload) return false;
        return _failure is null && TrySendDatagram(channel, head, data);
    }

    /// <summary>Sends RESET. Data of the stream leave in a write before it: a peer that gets both together may drop the data.</summary>
    internal void SendReset(uint id, TunnelResetCode code, TunnelStream? of = null)
    {
        if (of?.SentIn == _writer.Batch) _writer.FlushDeferred();
        Span<byte> payload = stackalloc byte[TunnelControl.ResetLength];
        Send(TunnelFrameType.Reset, id, payload[..TunnelControl.WriteReset(payload, code)]);
    }

    internal void SendWindow(ITunnelChannel channel, uint credit)
    {
        Span<byte> payload = stackalloc byte[TunnelControl.WindowLength];
        Send(TunnelFrameType.Window, channel.Id, payload[..TunnelControl.WriteWindow(payload, credit)], of: channel);
    }

    internal void SendConnected(ITunnelChannel channel, Socks5Reply reply, Destination? bound) => SendConnected(channel.Id, reply, bound, channel);

    private void SendConnected(uint id, Socks5Reply reply, Destination? bound, ITunnelChannel? of)
    {
        Span<byte> payload = stackalloc byte[TunnelConnected.MaxLength];
        Send(TunnelFrameType.Connected, id, payload[..TunnelConnected.Write(payload, reply, bound ?? TunnelDatagrams.AnyDestination)], of: of);
    }

    /// <summary>True while no PING waits for its answer.</summary>
    internal bool PingAnswered => Volatile.Read(ref _pingSent) == 0;

    private bool IsFull
    {
        get
        {
            lock (_writer.Gate) return _writer.IsFull;
        }
    }

    // Gives the bytes that the writer has taken; when there are none, the caller waits for room.
    private int SendData(TunnelStream channel, ReadOnlySpan<byte> data, out Task room)
    {
        FlushTurn turn = FlushTurn.None;
        int taken = 0;
        lock (_writer.Gate)
        {
            ThrowIfEnded();
            room = Task.CompletedTask;
            if (channel.WasReset) return data.Length; // the next call gets the reason
            while (taken < data.Length && !_writer.IsFull)
            {
                int length = Math.Min(data.Length - taken, TunnelWire.MaxPayload);
                Seal(TunnelFrameType.Data, channel.Id, data.Slice(taken, length), []);
                taken += length;
            }
            if (taken == 0) room = _writer.WhenRoom();
            if (taken > 0)
            {
                channel.SentIn = _writer.Batch;
                turn = _writer.TakeTurn();
            }
        }
        _writer.Start(turn);
        return taken;
    }

    private bool TrySendDatagram(ITunnelChannel channel, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data)
    {
        FlushTurn turn = FlushTurn.None;
        lock (_writer.Gate)
        {
            ThrowIfEnded();
            if (channel.WasReset) return true;
            if (_writer.IsFull) return false;
            Seal(TunnelFrameType.Datagram, channel.Id, head, data);
            turn = _writer.TakeTurn();
        }
        _writer.Start(turn);
        return true;
    }

    private void ThrowIfEnded()
    {
        if (_writer.Failure is not null) throw new IOException("the carrier has ended", _failure);
    }

    private void Seal(TunnelFrameType type, uint id, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data) =>
        _writer.Advance(_sealer.Seal(type, id, head, data, _writer.GetSpan(_sealer.GetMaxFrameLength(head.Length + data.Length))));

    // The peer closes in answer to the end of this side's direction.
    private void OnWritingClosed()
    {
        Volatile.Write(ref _closedWriting, _time.GetTimestamp());
        _pinger.Change(_options.PingTimeout, Timeout.InfiniteTimeSpan);
    }

    // Nothing more is to be sent except what is due already.
    private void CloseWriting()
    {
        FlushTurn turn = FlushTurn.None;
        lock (_writer.Gate)
        {
            if (_writer.Failure is not null) return;
            _writer.Complete();
            turn = _writer.TakeTurn(atOnce: true);
        }
        _writer.Start(turn);
    }

    // Only when the session has ended: nothing seals any more.
    private void ReleaseSealer()
    {
        lock (_writer.Gate) _sealer.Dispose();
    }

    /// <summary>Measures again while data flows: one slow answer, as that of a process just started, must not make windows grow.</summary>
    internal void RefreshRoundTrip()
    {
        if (PingAnswered && _time.GetElapsedTime(Volatile.Read(ref _lastPing)) > RefreshInterval) SendPing();
    }

    private void SendPing()
    {
        ulong now = (ulong)_time.GetTimestamp();
        _lastPing = (long)now;
        Volatile.Write(ref _pingSent, now);
        Span<byte> payload = stackalloc byte[TunnelControl.PingLength];
        Send(TunnelFrameType.Ping, 0, payload[..TunnelControl.WritePing(payload, now)]);
    }

    private TimeSpan FirstCheck => _options.PingTimeout < _options.PingInterval ? _options.PingTimeout : _options.PingInterval;

    // A PING goes out every interval. When neither its answer nor any other frame has come for its time-out, the path is dead.
    private void CheckAlive()
    {
        long now = _time.GetTimestamp();
        long closed = Volatile.Read(ref _closedWriting);
        long sent = (long)Volatile.Read(ref _pingSent);
        TimeSpan next;
        // The frames that the peer sent meanwhile were not read.
        if (Volatile.Read(ref _stalled))
        {
            next = FirstCheck;
        }
        else if (closed == 0 && sent == 0)
        {
            next = _options.PingInterval - _time.GetElapsedTime(_lastPing, now);
            if (next <= TimeSpan.Zero)
            {
                SendPing();
                next = FirstCheck;
            }
        }
        else
        {
            long since = closed != 0 ? closed : Math.Max(Volatile.Read(ref _lastReceived), sent);
            TimeSpan silent = _time.GetElapsedTime(since, now);
            next = _options.PingTimeout - silent;
            if (next <= TimeSpan.Zero)
            {
                Fail(new IOException(closed != 0
                    ? "the peer did not close a carrier that was drained"
                    : $"no answer to a ping within {DurationText.Seconds(_options.PingTimeout)}"));
                return;
            }
        }
        _pinger.Change(next, Timeout.InfiniteTimeSpan);
    }
}
