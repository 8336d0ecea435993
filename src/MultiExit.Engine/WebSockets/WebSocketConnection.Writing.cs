using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.WebSockets;

/// <content>Writing: a sender that finds the stream idle writes to it; the messages of others meanwhile gather in one buffer and leave in one write. So do
/// small messages in any case where many sessions share the connection.</content>
internal sealed partial class WebSocketConnection
{
    // Senders wait while more than this is unsent.
    private const int HighWater = 64 * 1024;
    private const int MaskBatch = 16;

    private readonly GatheringWriter _writer;
    private byte[]? _pong;
    private bool _ended;
    private bool _closeSent;
    private uint[]? _masks;
    private int _maskIndex;

    /// <summary>Whether senders wait at the moment.</summary>
    public bool IsFull
    {
        get
        {
            lock (_writer.Gate) return _writer.IsFull;
        }
    }

    /// <summary>Sends a whole message.</summary>
    /// <param name="opcode"><see cref="WebSocketOpcode.Text"/> or <see cref="WebSocketOpcode.Binary"/>.</param>
    /// <param name="payload">Its bytes; for text too they go out as they are.</param>
    /// <param name="cancellationToken">Ends the wait. In the middle of a frame that costs the connection.</param>
    /// <remarks>The payload may be used again when the call returns. Bytes of a small message may still be waiting then; an error shows at the next
    /// call.</remarks>
    /// <exception cref="IOException">The connection broke, or one of the peers has closed it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(WebSocketOpcode opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        uint? mask;
        while (true)
        {
            Task? room = null;
            FlushTurn turn = FlushTurn.None;
            lock (_writer.Gate)
            {
                if (Discards) return;
                ThrowIfClosed();
                if ((!_options.Gathers || payload.Length >= GatheringWriter.LargeEnough) && _writer.TryBegin())
                {
                    _dataFrames++;
                    mask = NextMask();
                    break;
                }
                if (_writer.IsFull)
                {
                    room = _writer.WhenRoom();
                }
                else
                {
                    _dataFrames++;
                    Append(opcode, payload.Span);
                    turn = _writer.TakeTurn();
                }
            }
            if (room is null)
            {
                _writer.Start(turn);
                return;
            }
            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(WebSocketFrameHeader.MaxSize + payload.Length);
        await _writer.WriteAsync(buffer, Frame(buffer, opcode, payload.Span, mask), cancellationToken).ConfigureAwait(false);
        bool more;
        lock (_writer.Gate)
        {
            AppendPong();
            more = !_writer.TryEnd();
        }
        // This sender does not wait for the frames of others.
        if (more) _ = _writer.FlushAsync();
    }

    /// <summary>Ends this side's direction: with the mark of the extension where it is agreed, otherwise with a close frame, which ends
    /// both.</summary>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        if (_peerClosed && CloseCode != WebSocketCloseCode.Abnormal) return; // it ended both
        try
        {
            if (_options.HalfClose) QueueEnd();
            else if (_options.Linger > TimeSpan.Zero) BeginLingering();
            else QueueClose(WebSocketCloseCode.Normal, "");
            await WrittenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (_peerClosed)
        {
            // The peer does not read any more; the bytes that had to be sent before have left.
        }
    }

    /// <summary>Sends a close frame after the frames under way, unless one was sent already, and waits until it has left. The peer's answer comes
    /// to the reader as the end; a peer that does not answer is aborted after a while.</summary>
    /// <param name="code">The code; <see cref="WebSocketCloseCode.None"/> sends none.</param>
    /// <param name="reason">The reason for the peer; at most 123 bytes of UTF-8 are sent.</param>
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
        FlushTurn turn;
        lock (_writer.Gate)
        {
            if (_closeSent || _writer.Failure is not null) return;
            _closeSent = true;
            Append(WebSocketOpcode.Close, payload);
            turn = _writer.TakeTurn(atOnce: true);
        }
        _writer.Start(turn);
        WatchClose();
    }

    private void QueueEnd()
    {
        FlushTurn turn;
        lock (_writer.Gate)
        {
            ThrowIfClosed();
            _ended = true;
            _dataFrames++;
            Append(WebSocketOpcode.Text, []);
            turn = _writer.TakeTurn(atOnce: true);
        }
        _writer.Start(turn);
    }

    /// <summary>Shows the peer that this side lives though it does not read the peer's pings: an unsolicited pong (RFC 6455 section 5.5.3).</summary>
    public void ShowLife() => QueuePong([], asked: false);

    // Only the latest ping needs an answer (RFC 6455 section 5.5.3), so that a peer that pings and does not read fills no memory.
    private void QueuePong(byte[] payload, bool asked = true)
    {
        FlushTurn turn;
        lock (_writer.Gate)
        {
            if (_closeSent || _writer.Failure is not null || !asked && _pong is not null) return;
            _pong = payload;
            turn = _writer.TakeTurn(atOnce: true);
        }
        _writer.Start(turn);
    }

    private void QueuePing(ulong number)
    {
        Span<byte> payload = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(payload, number);
        FlushTurn turn;
        lock (_writer.Gate)
        {
            if (_closeSent || _writer.Failure is not null) return;
            Append(WebSocketOpcode.Ping, payload);
            turn = _writer.TakeTurn(atOnce: true);
        }
        _writer.Start(turn);
    }

    /// <summary>Completes when no bytes wait to be written.</summary>
    private async ValueTask WrittenAsync(CancellationToken cancellationToken)
    {
        Task idle;
        lock (_writer.Gate)
        {
            if (_writer.Failure is not null) throw new IOException(_writer.Failure.Message, _writer.Failure);
            idle = _writer.WhenIdle();
        }
        await idle.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_writer.Gate)
            if (_writer.Failure is not null) throw new IOException(_writer.Failure.Message, _writer.Failure);
    }

    // Under the lock.
    private void AppendPong()
    {
        if (_pong is not null && !_closeSent && _writer.Failure is null) Append(WebSocketOpcode.Pong, _pong);
        _pong = null;
    }

    private void ThrowIfClosed()
    {
        if (_writer.Failure is not null) throw new IOException(_writer.Failure.Message, _writer.Failure);
        if (_closeSent) throw new IOException(CloseCode is null ? "the WebSocket was closed on this side" : "the peer has closed the WebSocket");
        if (_ended) throw new IOException("this direction of the WebSocket has ended");
    }

    // Under the lock.
    private void Append(WebSocketOpcode opcode, ReadOnlySpan<byte> payload) =>
        _writer.Advance(Frame(_writer.GetSpan(WebSocketFrameHeader.MaxSize + payload.Length), opcode, payload, NextMask()));

    private static int Frame(Span<byte> target, WebSocketOpcode opcode, ReadOnlySpan<byte> payload, uint? mask)
    {
        int size = WebSocketFrameHeader.Write(target, opcode, payload.Length, mask);
        WebSocketMask.Apply(payload, target[size..], mask ?? 0);
        return size + payload.Length;
    }

    // Under the lock. A new key for each frame, which cannot be predicted (RFC 6455 section 5.3).
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
