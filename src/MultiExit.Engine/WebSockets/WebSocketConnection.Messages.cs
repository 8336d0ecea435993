using System.Runtime.CompilerServices;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <content>Reading whole messages.</content>
internal sealed partial class WebSocketConnection
{
    private const int FirstRead = 8 * 1024;
    private const int LargestRead = 64 * 1024;

    // The part of the message put together so far begins at the start of _raw; _start is after it.
    private int _message;
    private int _messageLength;
    private int _readSize = FirstRead;

    /// <summary>Receives the next message. A message in one frame is given as it lies in the buffer.</summary>
    /// <param name="cancellationToken">Ends the wait; the connection stays usable.</param>
    /// <exception cref="ProxyException">The peer broke the protocol, or its message is longer than allowed; it was sent a close frame.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WebSocketMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        _messageLength = 0; // the caller no longer owns the last one
        while (true)
        {
            bool complete = TakeFrames(out WebSocketFault fault);
            if (!fault.IsNone) throw await RefuseAsync(fault).ConfigureAwait(false);
            if (complete) return new(_frames.MessageOpcode, _raw.AsMemory(_message, _messageLength));
            if (_peerClosed)
            {
                ReleaseRaw();
                return new(WebSocketOpcode.Close, default);
            }
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // True at the end of a message.
    private bool TakeFrames(out WebSocketFault fault)
    {
        fault = default;
        while (!_peerClosed)
        {
            Span<byte> raw = _raw.AsSpan(0, _end);
            if (_payloadLeft == 0)
            {
                ParseStatus status = NextFrame(raw[_start..], holdClose: false, out WebSocketFrameHeader header, out int size, out fault);
                _start += size;
                if (status != ParseStatus.Ok) return false;
                if (header.Length > _options.MaxMessage - _messageLength)
                {
                    fault = new(WebSocketCloseCode.MessageTooBig, $"a message is longer than {_options.MaxMessage} bytes");
                    return false;
                }
                (_payloadLeft, _payloadMask, _payloadFinal) = (header.Length, header.Mask, header.IsFinal);
                if (_messageLength == 0) _message = _start;
            }
            int count = (int)Math.Min(_payloadLeft, _end - _start);
            WebSocketMask.Apply(raw.Slice(_start, count), raw[(_message + _messageLength)..], _payloadMask);
            _payloadMask = WebSocketMask.Advance(_payloadMask, count);
            _payloadLeft -= count;
            _start += count;
            _messageLength += count;
            if (_payloadLeft > 0) return false;
            if (_payloadFinal) return true;
        }
        return false;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        bool empty = _start == _end && _messageLength == 0;
        if (empty)
        {
            // A read that filled the buffer promises more; otherwise an idle connection holds none.
            bool full = _raw is not null && _end == _raw.Length;
            _readSize = full ? Math.Min(_readSize * 2, LargestRead) : FirstRead;
            if (!full || _raw!.Length < _readSize)
            {
                ReleaseRaw();
                if (!full) await WaitReadableAsync(cancellationToken).ConfigureAwait(false);
            }
            _start = _end = 0;
        }
        MakeMessageRoom();
        int read = await ReadStreamAsync(_raw.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        if (read == 0) OnEndOfStream(!empty || IsInMessage);
        _end += read;
    }

    // The message so far, then the bytes not yet looked at, then room. It grows with the bytes that come, not with the announced length.
    private void MakeMessageRoom()
    {
        int keep = _messageLength > 0 ? _message : _start;
        if (_raw is not null && _end < _raw.Length) return;
        int held = _messageLength + (_end - _start);
        int size = Math.Max(_readSize, 2 * held);
        byte[] target = _raw is not null && _raw.Length >= size ? _raw : System.Buffers.ArrayPool<byte>.Shared.Rent(size);
        if (_raw is not null)
        {
            _raw.AsSpan(keep, _messageLength).CopyTo(target);
            _raw.AsSpan(_start, _end - _start).CopyTo(target.AsSpan(_messageLength));
            if (target != _raw) System.Buffers.ArrayPool<byte>.Shared.Return(_raw);
        }
        _raw = target;
        (_message, _start, _end) = (0, _messageLength, held);
    }
}
