using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>A TCP connection on a reactor.</summary>
internal sealed partial class ReactorSocketStream : SocketStream, IEpollTarget
{
    /// <summary>The result of the Try methods when the call would block.</summary>
    public const int WouldBlock = -1;

    private const uint ReadEvents = Libc.EpollIn | Libc.EpollRdHup;
    private const uint HangUpEvents = Libc.EpollRdHup | Libc.EpollHup | Libc.EpollErr;
    private readonly Readiness _readable = new();
    private readonly Readiness _writable = new();
    private IPEndPoint? _local;
    private bool _watchesWrites;
    private volatile bool _closed;

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

    /// <summary>Waits until <see cref="TryWrite"/> is worth trying.</summary>
    public ValueTask WaitWritableAsync(CancellationToken cancellationToken = default)
    {
        if (!_watchesWrites) WatchWrites();
        return _writable.WaitAsync(cancellationToken);
    }

    /// <exception cref="IOException">The connection was aborted or disposed on this side.</exception>
    public void ThrowIfClosed()
    {
        if (_closed) throw ClosedHere(null);
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

    private void EndWaits()
    {
        _closed = true;
        _readable.Close();
        _writable.Close();
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

    private static int Check(nint count) => count >= 0 ? (int)count
        : count == -Errno.Again ? WouldBlock
        : throw ToIOException(Errno.ToException((int)-count));

    private static BrokenConnectionException ToIOException(SocketException exception) => new BrokenConnectionException(exception);

    private static IOException ClosedHere(ObjectDisposedException? inner) => new("the connection was closed on this side", inner);
}
