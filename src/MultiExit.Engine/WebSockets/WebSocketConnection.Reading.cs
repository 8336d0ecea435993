using System.Buffers;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <content>The common part of both ways of reading: bytes read and not yet parsed, control frames, the end.</content>
internal sealed partial class WebSocketConnection
{
    // Read but not yet taken: _raw[_start.._end]. Rented while it holds something.
    private byte[]? _raw;
    private int _start;
    private int _end;
    private volatile bool _peerClosed;

    // Waits for bytes without holding a buffer.
    private async ValueTask WaitReadableAsync(CancellationToken cancellationToken)
    {
        StartWatching();
        _reading = true;
        await _stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        _reading = false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadStreamAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        StartWatching();
        _reading = true;
        int count = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _reading = false;
        _heard = true;
        return count;
    }

    /// <summary>Looks at the next frame of the bytes at hand; control frames are handled on the way.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="holdClose">Whether a close frame has to wait: the caller gets the data before it first, and may answer.</param>
    /// <param name="header">The head of a data frame.</param>
    /// <param name="consumed">The bytes up to its payload, or up to where more are needed.</param>
    /// <param name="fault">The fault of the peer.</param>
    /// <returns>Ok at a data frame; NeedMore also when the peer has closed.</returns>
    private ParseStatus NextFrame(ReadOnlySpan<byte> source, bool holdClose, out WebSocketFrameHeader header, out int consumed, out WebSocketFault fault)
    {
        consumed = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = source[consumed..];
            ParseStatus status = _frames.Read(rest, out header, out int size, out fault);
            if (status != ParseStatus.Ok) return status;
            if (!header.IsControl)
            {
                consumed += size;
                return status;
            }
            int length = (int)header.Length;
            if (rest.Length - size < length || holdClose && header.Opcode == WebSocketOpcode.Close) return ParseStatus.NeedMore;
            consumed += size + length;
            fault = OnControl(header, rest.Slice(size, length));
            if (!fault.IsNone) return ParseStatus.Invalid;
            if (_peerClosed) return ParseStatus.NeedMore;
        }
    }

    private WebSocketFault OnControl(WebSocketFrameHeader header, ReadOnlySpan<byte> masked)
    {
        Span<byte> payload = stackalloc byte[WebSocketFrameHeader.MaxControlPayload];
        payload = payload[..masked.Length];
        WebSocketMask.Apply(masked, payload, header.Mask);
        switch (header.Opcode)
        {
            case WebSocketOpcode.Ping:
                QueuePong(payload.ToArray());
                return default;
            case WebSocketOpcode.Pong:
                OnPong(payload);
                return default;
        }
        WebSocketFault fault = WebSocketClosePayload.Parse(payload, out WebSocketCloseCode code, out string reason);
        if (!fault.IsNone) return fault;
        CloseReason = reason;
        CloseCode = code;
        // Set before our answer forbids sending: a sender that is active meanwhile has done nothing wrong.
        OnPeerClosed();
        // The same code goes back (RFC 6455 section 5.5.1).
        QueueClose(payload[..Math.Min(payload.Length, 2)]);
        // The server ends the connection (RFC 6455 section 7.1.1); its client waits for that.
        if (_options.IsServer && !_options.HalfClose) _ = EndStreamAsync();
        StopWatching();
        return default;
    }

    /// <summary>The stream beneath has ended, without a close frame.</summary>
    /// <param name="inFrame">Whether it ended within a message or frame.</param>
    /// <exception cref="IOException">Something is missing.</exception>
    private void OnEndOfStream(bool inFrame)
    {
        if (inFrame) throw new IOException("the connection ended within a WebSocket message");
        // Programs that just close are common, but two MultiExit programs have agreed on the form of the end.
        if (_options.HalfClose) throw new IOException("the connection ended without the end of the data");
        CloseCode = WebSocketCloseCode.Abnormal;
        _peerClosed = true;
        StopWatching();
    }

    private void MakeRoom(int size)
    {
        if (_raw is null)
        {
            _raw = ArrayPool<byte>.Shared.Rent(size);
            _start = _end = 0;
            return;
        }
        if (_raw.Length - _start >= size && _end < _raw.Length) return;
        byte[] target = _raw.Length >= size ? _raw : ArrayPool<byte>.Shared.Rent(size);
        _raw.AsSpan(_start, _end - _start).CopyTo(target);
        if (target != _raw) ArrayPool<byte>.Shared.Return(_raw);
        _raw = target;
        (_start, _end) = (0, _end - _start);
    }

    private void ReleaseRaw()
    {
        byte[]? raw = _raw;
        _raw = null;
        _start = _end = 0;
        if (raw is not null) ArrayPool<byte>.Shared.Return(raw);
    }
}
