using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols.WebSocket;

namespace MultiExit.Engine.WebSockets;

/// <content>Writing: who finds the stream idle writes to it; what others send meanwhile gathers in one buffer and leaves in one write.</content>
internal sealed partial class WebSocketConnection
{
    // Senders wait while more than this is unsent.
    private const int HighWater = 64 * 1024;
    private const int MaskBatch = 16;

    private readonly Lock _gate = new();
    private byte[]? _unsent;
    private int _unsentLength;
    private byte[]? _pong;
    private bool _writing;
    private bool _ended;
    private bool _closeSent;
    private Exception? _writeFailure;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;
    private uint[]? _masks;
    private int _maskIndex;

    /// <summary>Sends a whole message.</summary>
    /// <param name="opcode"><see cref="WebSocketOpcode.Text"/> or <see cref="WebSocketOpcode.Binary"/>.</param>
    /// <param name="payload">Its bytes; for text too they go out as they are.</param>
    /// <param name="cancellationToken">Ends the wait. In the middle of a frame that costs the connection.</param>
    /// <remarks>The payload may be used again when the call returns. Bytes of a small message may still be waiting behind another sender's then;
    /// an error shows at the next call.</remarks>
    /// <exception cref="IOException">The connection broke, or one of the peers has closed it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(WebSocketOpcode opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        uint? mask;
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (Discards) return;
                ThrowIfClosed();
                if (!_writing)
                {
                    _writing = true;
                    _dataFrames++;
                    mask = NextMask();
                    break;
                }
                if (_unsentLength < HighWater)
                {
                    _dataFrames++;
                    Append(opcode, payload.Span);
                    return;
                }
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(WebSocketFrameHeader.MaxSize + payload.Length);
        await WriteAsync(buffer, Frame(buffer, opcode, payload.Span, mask), cancellationToken).ConfigureAwait(false);
        bool more;
        lock (_gate) more = !EndWriting();
        // Others' frames are not this sender's to wait for.
        if (more) _ = FlushAsync();
    }

    /// <summary>Ends our direction: with the mark of the extension where it is agreed, else with a close frame, which ends both.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_peerClosed && CloseCode != WebSocketCloseCode.Abnormal) return; // it ended both
        if (_options.HalfClose) QueueEnd();
        else if (_options.Linger > TimeSpan.Zero) BeginLingering();
        else QueueClose(WebSocketCloseCode.Normal, "");
        try
        {
            await WrittenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (_peerClosed)
        {
            // It does not listen any more; what we had to send before has left.
        }
    }

    /// <summary>Sends a close frame behind what is under way, unless one was sent already, and waits until it has left. The peer's answer comes to
    /// the reader as the end; a peer that gives none is aborted after a while.</summary>
    /// <param name="code">The code; <see cref="WebSocketCloseCode.None"/> sends none.</param>
    /// <param name="reason">Words for the peer; at most 123 bytes of UTF-8 are sent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public ValueTask SendCloseAsync(WebSocketCloseCode code, string reason, CancellationToken cancellationToken)
    {
        QueueClose(code, reason);
        return WrittenAsync(cancellationToken);
    }

    private void QueueClose(WebSocketCloseCode code, string reason)
    {
        Span<byte> payload = stackalloc byte[WebSocketFrameHeader.MaxControlPayload];
        QueueClose(payload[..WebSocketClosePayload.Write(payload, code, reason)]);
    }

    private void QueueClose(ReadOnlySpan<byte> payload)
    {
        bool flush;
        lock (_gate)
        {
            if (_closeSent || _writeFailure is not null) return;
            _closeSent = true;
            Append(WebSocketOpcode.Close, payload);
            flush = BeginFlush();
        }
        if (flush) _ = FlushAsync();
        WatchClose();
    }

    private void QueueEnd()
    {
        bool flush;
        lock (_gate)
        {
            ThrowIfClosed();
            _ended = true;
            _dataFrames++;
            Append(WebSocketOpcode.Text, []);
            flush = BeginFlush();
        }
        if (flush) _ = FlushAsync();
    }

    /// <summary>Tells the peer that we live though we do not come to read its pings: a pong that it has not asked for (RFC 6455 section 5.5.3).</summary>
    public void ShowLife() => QueuePong([], asked: false);

    // Only the latest ping needs an answer (RFC 6455 section 5.5.3), so that a peer that pings and does not read fills no memory.
    private void QueuePong(byte[] payload, bool asked = true)
    {
        bool flush;
        lock (_gate)
        {
            if (_closeSent || _writeFailure is not null || !asked && _pong is not null) return;
            _pong = payload;
            flush = BeginFlush();
        }
        if (flush) _ = FlushAsync();
    }

    private void QueuePing(ulong number)
    {
        Span<byte> payload = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(payload, number);
        bool flush;
        lock (_gate)
        {
            if (_closeSent || _writeFailure is not null) return;
            Append(WebSocketOpcode.Ping, payload);
            flush = BeginFlush();
        }
        if (flush) _ = FlushAsync();
    }

    /// <summary>Completes when nothing waits to be written.</summary>
    private async ValueTask WrittenAsync(CancellationToken cancellationToken)
    {
        Task idle;
        lock (_gate)
        {
            if (_writeFailure is not null) throw new IOException(_writeFailure.Message, _writeFailure);
            if (!_writing) return;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }
        await idle.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
            if (_writeFailure is not null) throw new IOException(_writeFailure.Message, _writeFailure);
    }

    // Under the lock. True: the caller flushes, outside of it.
    private bool BeginFlush()
    {
        if (_writing) return false;
        _writing = true;
        return true;
    }

    // Called with the stream to ourselves (_writing), which it gives up when nothing is left.
    private async Task FlushAsync()
    {
        try
        {
            while (true)
            {
                byte[] sending;
                int length;
                lock (_gate)
                {
                    if (_pong is not null && !_closeSent) Append(WebSocketOpcode.Pong, _pong);
                    _pong = null;
                    if (EndWriting()) return;
                    (sending, length) = (_unsent!, _unsentLength);
                    (_unsent, _unsentLength) = (null, 0);
                    _room?.TrySetResult();
                    _room = null;
                }
                await WriteAsync(sending, length, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Kept for the next who sends.
        }
    }

    // Under the lock. False: there is more to write.
    private bool EndWriting()
    {
        if (_unsentLength > 0 || _pong is not null) return false;
        _writing = false;
        _idle?.TrySetResult();
        _idle = null;
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(byte[] buffer, int length, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            FailWriting(exception);
            if (exception is not OperationCanceledException) throw;
            _stream.Abort(); // a part of a frame went out
            throw;
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void FailWriting(Exception exception)
    {
        lock (_gate)
        {
            _writeFailure ??= exception;
            if (_unsent is not null) ArrayPool<byte>.Shared.Return(_unsent);
            (_unsent, _unsentLength, _pong) = (null, 0, null);
            _room?.TrySetResult();
            _idle?.TrySetResult();
            (_room, _idle) = (null, null);
        }
    }

    private void ThrowIfClosed()
    {
        if (_writeFailure is not null) throw new IOException(_writeFailure.Message, _writeFailure);
        if (_closeSent) throw new IOException(CloseCode is null ? "the WebSocket was closed on this side" : "the peer has closed the WebSocket");
        if (_ended) throw new IOException("this direction of the WebSocket has ended");
    }

    private void Append(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        int needed = _unsentLength + WebSocketFrameHeader.MaxSize + payload.Length;
        if (_unsent is null || _unsent.Length < needed)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Min(HighWater, 4 * _unsentLength)));
            if (_unsent is not null)
            {
                _unsent.AsSpan(0, _unsentLength).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_unsent);
            }
            _unsent = larger;
        }
        _unsentLength += Frame(_unsent.AsSpan(_unsentLength), opcode, payload, NextMask());
    }

    private static int Frame(Span<byte> target, WebSocketOpcode opcode, ReadOnlySpan<byte> payload, uint? mask)
    {
        int size = WebSocketFrameHeader.Write(target, opcode, payload.Length, mask);
        WebSocketMask.Apply(payload, target[size..], mask ?? 0);
        return size + payload.Length;
    }

    // Under the lock. A new key for each frame, which nobody can predict (RFC 6455 section 5.3).
    private uint? NextMask()
    {
        if (_options.IsServer) return null;
        _masks ??= new uint[MaskBatch];
        if (_maskIndex == 0)
        {
            RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_masks.AsSpan()));
            _maskIndex = MaskBatch;
        }
        return _masks[--_maskIndex];
    }
}
