using System.Buffers;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Engine.Multiplexing.Tunnel;

/// <content>The read loop: frames in, one at a time, to their channels.</content>
internal sealed partial class TunnelSession
{
    private const int ReadBufferSize = 128 * 1024;
    private readonly TunnelFrameOpener _opener;
    private readonly List<TunnelStream> _unpublished = [];
    private byte[]? _discard;
    private long _lastReceived;
    private uint _lastServed = uint.MaxValue;
    private int _served;

    /// <summary>Where frames of streams that have ended are opened to.</summary>
    internal Span<byte> Discard => _discard ??= new byte[TunnelWire.MaxBody];

    private async Task ReadFramesAsync()
    {
        while (true)
        {
            // An idle carrier holds no buffer.
            await _stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            if (_windows.IsOver) await StallAsync().ConfigureAwait(false);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBufferSize);
            _windows.Hold(ReadBufferSize);
            try
            {
                if (!await ReadBurstAsync(buffer).ConfigureAwait(false)) return;
            }
            finally
            {
                _windows.Hold(-ReadBufferSize);
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // Reads until the buffer ends with a whole frame. False at the end of the carrier.
    private async ValueTask<bool> ReadBurstAsync(byte[] buffer)
    {
        int end = 0;
        do
        {
            if (_windows.IsOver) await StallAsync().ConfigureAwait(false);
            int read = await _stream.ReadAsync(buffer.AsMemory(end)).ConfigureAwait(false);
            if (read == 0) return end == 0 ? false : throw Violation("the carrier ended inside a frame");
            end += read;
            _lastReceived = _time.GetTimestamp();
            int consumed;
            try
            {
                consumed = HandleFrames(buffer.AsSpan(0, end));
            }
            finally
            {
                PublishReceived();
            }
            buffer.AsSpan(consumed, end - consumed).CopyTo(buffer);
            end -= consumed;
        }
        while (end > 0);
        return true;
    }

    /// <summary>Wakes the reader of the stream once the frames at hand are handled. On the read loop only.</summary>
    internal void PublishLater(TunnelStream stream) => _unpublished.Add(stream);

    private void PublishReceived()
    {
        foreach (TunnelStream stream in _unpublished) stream.PublishReceived();
        _unpublished.Clear();
    }

    private int HandleFrames(Span<byte> received)
    {
        int consumed = 0;
        while (true)
        {
            Span<byte> rest = received[consumed..];
            ParseStatus status = _opener.TryReadHeader(rest, out TunnelFrameHeader header, out int length);
            if (status == ParseStatus.Invalid) throw Violation("a frame header is invalid");
            if (status == ParseStatus.NeedMore || rest.Length < length) return consumed;
            Handle(header, rest[..length]);
            consumed += length;
        }
    }

    private void Handle(TunnelFrameHeader header, Span<byte> frame)
    {
        if (header.Type == TunnelFrameType.Data)
        {
            if (Find(header.StreamId) is { } stream) Check(stream, stream.OnData(_opener, frame));
            else Open(frame);
            return;
        }
        ReadOnlySpan<byte> payload = Open(frame);
        switch (header.Type)
        {
            case TunnelFrameType.Connect:
                OnConnect(header.StreamId, payload);
                break;
            case TunnelFrameType.Ping:
                OnPing(payload);
                break;
            case TunnelFrameType.Pong:
                OnPong(payload);
                break;
            case TunnelFrameType.GoAway:
                OnGoAway(payload);
                break;
            case TunnelFrameType.Padding:
                break;
            case TunnelFrameType.Connected when _accept is not null:
                throw Violation("the client answered a stream");
            default:
                if (Find(header.StreamId) is { } channel) OnChannelFrame(header.Type, channel, payload);
                break;
        }
    }

    private ReadOnlySpan<byte> Open(Span<byte> frame)
    {
        TunnelOpenStatus status = _opener.Open(frame, frame[TunnelWire.HeaderLength..], out int length);
        return status == TunnelOpenStatus.Ok ? frame.Slice(TunnelWire.HeaderLength, length) : throw Violation($"a frame cannot be opened ({status})");
    }

    // Frames may still be on their way to a stream that has ended here. A frame for a stream that never existed is the peer's fault.
    private ITunnelChannel? Find(uint id)
    {
        if (_channels.TryGetValue(id, out ITunnelChannel? channel)) return channel;
        return id <= Volatile.Read(ref _lastOpened) ? null : throw Violation($"a frame is for stream {id}, which was never opened");
    }

    private void OnChannelFrame(TunnelFrameType type, ITunnelChannel channel, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case TunnelFrameType.Close:
                Check(channel, payload.IsEmpty ? channel.OnClose() : TunnelReceiveResult.Unexpected);
                break;
            case TunnelFrameType.Reset:
                (channel as TunnelStream)?.PublishDue();
                if (TunnelControl.TryReadReset(payload, out TunnelResetCode code)) channel.End(new TunnelResetException(code));
                else Check(channel, TunnelReceiveResult.Unexpected);
                break;
            case TunnelFrameType.Window:
                Check(channel, TunnelControl.TryReadWindow(payload, out uint credit) ? channel.OnWindow(credit) : TunnelReceiveResult.Unexpected);
                break;
            case TunnelFrameType.Connected:
                Check(channel, TunnelConnected.TryRead(payload, out Socks5Reply reply, out Destination? bound)
                    ? channel.OnConnected(reply, bound!)
                    : TunnelReceiveResult.Unexpected);
                break;
            case TunnelFrameType.Datagram:
                Check(channel, TunnelDatagram.TryRead(payload, out Destination? address, out int offset)
                    ? channel.OnDatagram(address!, payload[offset..])
                    : TunnelReceiveResult.Unexpected);
                break;
        }
    }

    private void OnConnect(uint id, ReadOnlySpan<byte> payload)
    {
        if (_accept is null) throw Violation("the server opened a stream");
        bool readable = TunnelConnect.TryRead(
            payload, out TunnelConnectKind kind, out Destination? destination, out int offset, out Socks5Reply error);
        ITunnelChannel? channel = null;
        bool refused;
        // Under the lock: our GOAWAY says which streams are still served, and the carrier ends when there are none.
        lock (_opening)
        {
            if (id <= _lastOpened) throw Violation($"stream {id} was opened twice or out of order");
            _lastOpened = id;
            refused = _goingAway || Volatile.Read(ref _served) >= _options.MaxStreams || _windows.IsFull;
            if (!refused && readable)
            {
                channel = kind == TunnelConnectKind.Udp
                    ? new TunnelDatagrams(this, id, asked: false)
                    : new TunnelStream(this, id, CreateWindow(), asked: false);
                _channels[id] = channel;
            }
        }
        if (channel is not null) Serve(channel, destination!, payload[offset..]);
        else if (refused) SendReset(id, TunnelResetCode.Refused);
        else SendConnected(id, error, null, of: null);
    }

    // Counted until it has been served to its end, not until it is closed: a stream that is reset at once may still be dialing.
    private void Serve(ITunnelChannel channel, Destination destination, ReadOnlySpan<byte> firstPayload)
    {
        if (channel is TunnelStream stream && !firstPayload.IsEmpty) Check(stream, stream.OnFirstPayload(firstPayload));
        Interlocked.Increment(ref _served);
        _ = ServeAsync(new TunnelOpen(channel, destination));
    }

    private async Task ServeAsync(TunnelOpen open)
    {
        try
        {
            await _accept!(open).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _served);
        }
    }

    private void OnPing(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != TunnelControl.PingLength) throw Violation("a PING is malformed");
        Send(TunnelFrameType.Pong, 0, payload);
    }

    private void OnPong(ReadOnlySpan<byte> payload)
    {
        if (!TunnelControl.TryReadPing(payload, out ulong sent)) throw Violation("a PONG is malformed");
        if (sent != Volatile.Read(ref _pingSent) || sent == 0) return;
        Volatile.Write(ref _pingSent, 0);
        TimeSpan roundTrip = _time.GetElapsedTime((long)sent);
        if (!_measured || roundTrip < RoundTrip) RoundTrip = roundTrip;
        _measured = true;
    }

    private void OnGoAway(ReadOnlySpan<byte> payload)
    {
        if (!TunnelControl.TryReadGoAway(payload, out uint last)) throw Violation("a GOAWAY is malformed");
        if (last > _lastServed) throw Violation("a GOAWAY takes back the one before");
        _lastServed = last;
        lock (_opening) _goingAway = true;
        if (_accept is null)
        {
            foreach (ITunnelChannel channel in _channels.Values)
                if (channel.Id > last) channel.End(new TunnelResetException(TunnelResetCode.Refused));
        }
        EndWhenUnused();
    }

    private static void Check(ITunnelChannel channel, TunnelReceiveResult result)
    {
        switch (result)
        {
            case TunnelReceiveResult.Ok:
                break;
            case TunnelReceiveResult.BadFrame:
                throw Violation("a DATA frame cannot be opened");
            case TunnelReceiveResult.Overrun:
                EndChannel(channel, TunnelResetCode.FlowControl);
                break;
            default:
                EndChannel(channel, TunnelResetCode.ProtocolError);
                break;
        }
    }

    private static void EndChannel(ITunnelChannel channel, TunnelResetCode code) => channel.End(
        new ProxyException(ProxyError.ProtocolViolation, $"stream {channel.Id} was ended: the peer broke its rules ({code})"), code);

    private static ProxyException Violation(string text) => new(ProxyError.ProtocolViolation, text);
}
