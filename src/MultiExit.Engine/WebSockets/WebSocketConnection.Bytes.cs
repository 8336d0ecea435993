using System.Runtime.CompilerServices;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <content>Reading the payload of all messages as one row of bytes.</content>
internal sealed partial class WebSocketConnection
{
    // A short read goes into a small buffer of this class first: it may bring nothing but a ping.
    private const int SmallRead = 4 * 1024;

    // Of the frame whose payload is being read.
    private long _payloadLeft;
    private uint _payloadMask;
    private bool _payloadFinal;
    private bool _directionEnded;
    private bool _bulk;

    /// <summary>Reads payload, of text and binary messages alike. Large payloads go straight into the caller's buffer and are unmasked there.</summary>
    /// <param name="buffer">Receives it. Empty: the call completes when there is something to read.</param>
    /// <param name="cancellationToken">Ends the wait; the connection stays usable.</param>
    /// <returns>The count; 0 at the end of the peer's direction: its close frame, the mark of the extension, or the end of the stream.</returns>
    /// <exception cref="ProxyException">The peer broke the protocol, and was sent a close frame.</exception>
    /// <exception cref="IOException">The connection broke, or the peer closed it with an error.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_start < _end)
            {
                int count = Take(_raw.AsSpan(_start, _end - _start), buffer.Span, out int consumed, out WebSocketFault fault);
                _start += consumed;
                bool more = _payloadLeft > 0 && _start < _end;
                if (_start == _end) ReleaseRaw();
                if (!fault.IsNone) throw await RefuseAsync(fault).ConfigureAwait(false);
                if (count > 0 || more) return count;
            }
            if (IsAtEnd()) return 0;
            if (_start < _end) await ReadRawAsync(cancellationToken).ConfigureAwait(false);
            else if (buffer.Length < SmallRead)
            {
                await WaitReadableAsync(cancellationToken).ConfigureAwait(false);
                if (buffer.IsEmpty && (_bulk || _payloadLeft > 0)) return 0;
                await ReadRawAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                int read = await ReadStreamAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read == 0) OnEndOfStream(IsInMessage);
                _bulk = read >= SmallRead;
                int count = Take(buffer.Span[..read], buffer.Span, out int consumed, out WebSocketFault fault);
                if (consumed < read && fault.IsNone && !IsOver) Keep(buffer.Span[consumed..read]);
                if (!fault.IsNone) throw await RefuseAsync(fault).ConfigureAwait(false);
                if (count > 0) return count;
            }
        }
    }

    private bool IsOver => _peerClosed || _directionEnded;

    private bool IsInMessage => _payloadLeft > 0 || _frames.IsInMessage;

    private bool IsAtEnd()
    {
        if (!IsOver) return false;
        ReleaseRaw();
        if (_directionEnded) return true;
        // Two MultiExit programs have agreed on the form of the end.
        if (_options.HalfClose) throw new IOException("the WebSocket was closed before the end of the data");
        if (CloseCode is WebSocketCloseCode.Normal or WebSocketCloseCode.GoingAway or WebSocketCloseCode.None or WebSocketCloseCode.Abnormal) return true;
        throw new IOException($"the peer closed the WebSocket with code {(int)CloseCode!.Value}");
    }

    private async ValueTask ReadRawAsync(CancellationToken cancellationToken)
    {
        MakeRoom(SmallRead);
        int read = await ReadStreamAsync(_raw.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        if (read == 0) OnEndOfStream(_start < _end || IsInMessage);
        _end += read;
        _bulk = _end == _raw!.Length;
    }

    private void Keep(ReadOnlySpan<byte> rest)
    {
        MakeRoom(Math.Max(rest.Length, WebSocketFrameHeader.MaxSize + WebSocketFrameHeader.MaxControlPayload));
        rest.CopyTo(_raw);
        _end = rest.Length;
    }

    // Payload from source to target, which may be the same memory: the write position never overtakes the read position.
    private int Take(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out WebSocketFault fault)
    {
        fault = default;
        consumed = 0;
        int written = 0;
        while (!IsOver)
        {
            if (_payloadLeft == 0)
            {
                ParseStatus status = NextFrame(source[consumed..], written > 0, out WebSocketFrameHeader header, out int size, out fault);
                consumed += size;
                if (status != ParseStatus.Ok) break;
                (_payloadLeft, _payloadMask) = (header.Length, header.Mask);
                _directionEnded = _options.HalfClose && header is { Opcode: WebSocketOpcode.Text, IsFinal: true, Length: 0 };
                continue;
            }
            int count = (int)Math.Min(_payloadLeft, Math.Min(source.Length - consumed, target.Length - written));
            if (count == 0) break;
            WebSocketMask.Apply(source.Slice(consumed, count), target.Slice(written, count), _payloadMask);
            _payloadMask = WebSocketMask.Advance(_payloadMask, count);
            _payloadLeft -= count;
            consumed += count;
            written += count;
        }
        if (written > 0) OnPayload();
        return written;
    }
}
