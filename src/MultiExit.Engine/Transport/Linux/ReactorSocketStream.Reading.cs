using System.Runtime.CompilerServices;

namespace MultiExit.Engine.Transport.Linux;

/// <content>Reading. A connection that broke is a result, not an exception.</content>
internal sealed partial class ReactorSocketStream
{
    /// <summary>The result of <see cref="TryRead"/> when the connection broke or was aborted; <see cref="Failure"/> says why.</summary>
    public const int Broken = -2;

    private Exception? _failure;
    private volatile bool _hungUp;

    // No bytes are left to read until the next event. A new socket counts as drained: adding it to epoll reports waiting bytes.
    private bool _drained = true;

    /// <summary>Why the connection broke, once a read said so.</summary>
    public Exception Failure => _failure ?? ClosedHere(null);

    /// <summary>Reads the bytes that are there.</summary>
    /// <returns>The count, 0 at the end of the stream, <see cref="WouldBlock"/>, or <see cref="Broken"/>.</returns>
    public int TryRead(Span<byte> buffer)
    {
        if (_closed) return Broken;
        if (_drained) return WouldBlock;
        int count = Receive(buffer, Libc.MsgDontwait);
        if (count == Broken) return Broken;
        if (count == WouldBlock && _hungUp)
        {
            // The hang-up was a stale event of an earlier owner of this descriptor number. Forget it, then look once more, so that
            // a real one that came in between is not forgotten with it.
            _hungUp = false;
            count = Receive(buffer, Libc.MsgDontwait);
            _drained = count == WouldBlock;
        }
        else if (count < buffer.Length && !_hungUp)
        {
            // A short read empties the socket, unless the peer's end was already signalled: that edge does not come again (epoll(7)).
            _drained = true;
        }
        return count;
    }

    /// <summary>Waits until <see cref="TryRead"/> is worth trying.</summary>
    public ValueTask WaitReadableAsync(CancellationToken cancellationToken = default)
    {
        bool wait = _drained && !_hungUp;
        _drained = false;
        return wait ? _readable.WaitAsync(cancellationToken) : default;
    }

    /// <summary>Reports that a splice found the socket empty.</summary>
    public void MarkDrained()
    {
        if (!_hungUp) _drained = true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            int count = Look(buffer.Span);
            if (count == Broken) throw Failure;
            if (count != WouldBlock) return count;
            await WaitReadableAsync(cancellationToken).ConfigureAwait(false);
            if (buffer.IsEmpty && !_closed) return 0;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<StreamRead> TryReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            int count = Look(buffer.Span);
            if (count == Broken) return new StreamRead(0, Failure);
            if (count != WouldBlock) return new StreamRead(count);
            await WaitReadableAsync(cancellationToken).ConfigureAwait(false);
            if (buffer.IsEmpty && !_closed) return default;
        }
    }

    public override bool HasBytes => Receive(stackalloc byte[1], Libc.MsgPeek | Libc.MsgDontwait) > 0;

    // For an empty buffer: whether there are bytes, or an end.
    private int Look(Span<byte> buffer)
    {
        if (!buffer.IsEmpty || _closed) return TryRead(buffer);
        if (!_drained && !_hungUp) _drained = Receive(stackalloc byte[1], Libc.MsgPeek | Libc.MsgDontwait) == WouldBlock;
        return _drained ? WouldBlock : 0;
    }

    private int Receive(Span<byte> buffer, int flags)
    {
        if (_closed || _failure is not null) return Broken;
        try
        {
            nint count = SocketCalls.Receive(Handle, buffer, flags);
            if (count >= 0) return (int)count;
            if (count == -Errno.Again) return WouldBlock;
            _failure = new BrokenConnectionException(Errno.ToException((int)-count));
        }
        catch (ObjectDisposedException)
        {
            // Its failure is that it was closed here.
        }
        return Broken;
    }
}
