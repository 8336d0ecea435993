using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>A TCP connection on a reactor.</summary>
internal sealed class ReactorSocketStream : SocketStream, IEpollTarget
{
    /// <summary>The result of the Try methods when the call would block.</summary>
    public const int WouldBlock = -1;

    private const uint ReadEvents = Libc.EpollIn | Libc.EpollRdHup;
    private const uint HangUpEvents = Libc.EpollRdHup | Libc.EpollHup | Libc.EpollErr;
    private readonly Readiness _readable = new();
    private readonly Readiness _writable = new();
    private IPEndPoint? _local;
    private bool _watchesWrites;
    private volatile bool _hungUp;
    private volatile bool _closed;

    // No bytes are left to read until the next event. A new socket counts as drained: adding it to epoll reports waiting bytes.
    private bool _drained = true;

    private ReactorSocketStream(SocketHandle handle, Reactor reactor, IPEndPoint remote, bool connecting)
    {
        Handle = handle;
        Reactor = reactor;
        RemoteEndPoint = remote;
        _watchesWrites = connecting;
        reactor.Add(handle, this, connecting ? ReadEvents | Libc.EpollOut : ReadEvents);
    }

    public SocketHandle Handle { get; }

    public Reactor Reactor { get; }

    public override IPEndPoint RemoteEndPoint { get; }

    public override IPEndPoint LocalEndPoint => _local ??= SocketCalls.GetLocalEndPoint(Handle);

    public override IPEndPoint? OriginalDestination => SocketCalls.GetOriginalDestination(Handle, RemoteEndPoint.AddressFamily);

    /// <summary>A connection that was accepted.</summary>
    public static ReactorSocketStream Accepted(SocketHandle handle, Reactor reactor, IPEndPoint remote) =>
        new(handle, reactor, remote, connecting: false);

    /// <summary>Starts a connection and waits for it.</summary>
    /// <exception cref="SocketException">It failed.</exception>
    public static async ValueTask<SocketStream> ConnectAsync(
        SocketHandle handle, Reactor reactor, IPEndPoint remote, CancellationToken cancellationToken)
    {
        bool connecting = !SocketCalls.Connect(handle, remote);
        ReactorSocketStream stream = new(handle, reactor, remote, connecting);
        if (!connecting) return stream;
        try
        {
            await stream._writable.WaitAsync(cancellationToken).ConfigureAwait(false);
            int errno = SocketCalls.GetError(handle);
            return errno == 0 ? stream : throw Errno.ToException(errno);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the bytes that are there.</summary>
    /// <returns>The count, 0 at the end of the stream, or <see cref="WouldBlock"/>.</returns>
    /// <exception cref="IOException">The connection broke or was aborted.</exception>
    public int TryRead(Span<byte> buffer)
    {
        if (_drained) return WouldBlock;
        int count = Receive(buffer, Libc.MsgDontwait);
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

    /// <summary>Writes the bytes that the socket accepts.</summary>
    /// <returns>The count, or <see cref="WouldBlock"/>.</returns>
    /// <exception cref="IOException">The connection broke or was aborted.</exception>
    public int TryWrite(ReadOnlySpan<byte> buffer)
    {
        ThrowIfClosed();
        try
        {
            return Check(SocketCalls.Send(Handle, buffer));
        }
        catch (ObjectDisposedException exception)
        {
            throw ClosedHere(exception);
        }
    }

    /// <summary>Waits until <see cref="TryRead"/> is worth trying.</summary>
    public ValueTask WaitReadableAsync(CancellationToken cancellationToken = default)
    {
        bool wait = _drained && !_hungUp;
        _drained = false;
        return wait ? _readable.WaitAsync(cancellationToken) : default;
    }

    /// <summary>Waits until <see cref="TryWrite"/> is worth trying.</summary>
    public ValueTask WaitWritableAsync(CancellationToken cancellationToken = default)
    {
        if (!_watchesWrites) WatchWrites();
        return _writable.WaitAsync(cancellationToken);
    }

    /// <summary>Reports that a splice found the socket empty.</summary>
    public void MarkDrained()
    {
        if (!_hungUp) _drained = true;
    }

    /// <exception cref="IOException">The connection was aborted or disposed on this side.</exception>
    public void ThrowIfClosed()
    {
        if (_closed) throw ClosedHere(null);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            await WaitForBytesAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }
        while (true)
        {
            int count = TryRead(buffer.Span);
            if (count != WouldBlock) return count;
            await WaitReadableAsync(cancellationToken).ConfigureAwait(false);
            ThrowIfClosed();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = TryWrite(buffer.Span);
            if (count == WouldBlock) await WaitWritableAsync(cancellationToken).ConfigureAwait(false);
            else buffer = buffer[count..];
        }
    }

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        try
        {
            if (Libc.Shutdown(Handle, Libc.ShutWr) < 0) throw ToIOException(Errno.LastException());
            return default;
        }
        catch (ObjectDisposedException exception)
        {
            throw ClosedHere(exception);
        }
    }

    public override void Abort()
    {
        if (_closed) return;
        try
        {
            SocketCalls.ResetOnClose(Handle);
        }
        catch (ObjectDisposedException)
        {
            return; // Dispose came first: the connection has ended in order.
        }
        EndWaits();
    }

    public void OnEvents(uint events)
    {
        if ((events & HangUpEvents) != 0) _hungUp = true;
        if ((events & ~Libc.EpollOut) != 0) _readable.Signal();
        if ((events & (Libc.EpollOut | Libc.EpollHup | Libc.EpollErr)) != 0) _writable.Signal();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !Handle.IsClosed)
        {
            Reactor.Remove(Handle);
            Handle.Dispose();
            EndWaits();
        }
        base.Dispose(disposing);
    }

    public override bool HasBytes
    {
        get
        {
            try
            {
                return Receive(stackalloc byte[1], Libc.MsgPeek | Libc.MsgDontwait) > 0;
            }
            catch (IOException)
            {
                return false; // the next read reports it
            }
        }
    }

    private void EndWaits()
    {
        _closed = true;
        _readable.Close();
        _writable.Close();
    }

    private async ValueTask WaitForBytesAsync(CancellationToken cancellationToken)
    {
        if (!_drained)
        {
            if (_hungUp || Receive(stackalloc byte[1], Libc.MsgPeek | Libc.MsgDontwait) != WouldBlock) return;
            _drained = true;
        }
        await WaitReadableAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfClosed();
    }

    private void WatchWrites()
    {
        ThrowIfClosed();
        try
        {
            Reactor.Modify(Handle, ReadEvents | Libc.EpollOut);
            _watchesWrites = true;
        }
        catch (SocketException exception)
        {
            throw ToIOException(exception);
        }
        catch (ObjectDisposedException exception)
        {
            throw ClosedHere(exception);
        }
    }

    private int Receive(Span<byte> buffer, int flags)
    {
        ThrowIfClosed();
        try
        {
            return Check(SocketCalls.Receive(Handle, buffer, flags));
        }
        catch (ObjectDisposedException exception)
        {
            throw ClosedHere(exception);
        }
    }

    private static int Check(nint count) => count >= 0 ? (int)count
        : count == -Errno.Again ? WouldBlock
        : throw ToIOException(Errno.ToException((int)-count));

    private static IOException ToIOException(SocketException exception) => new(exception.Message, exception);

    private static IOException ClosedHere(ObjectDisposedException? inner) => new("the connection was closed on this side", inner);
}
