using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>The datagrams of a socket on a reactor. Continuations of a receive run inline on it. One receiver at a time; any thread may send, or dispose
/// of it.</summary>
internal sealed class ReactorDatagrams : IEpollTarget, IDisposable
{
    private readonly Reactor _reactor;
    private readonly SafeSocketHandle _socket;
    private readonly DatagramBatch _batch = new();
    private readonly Readiness _readable = new();
    private bool _isDrained; // the next datagram comes with an event
    private bool _isFull; // there may be more
    private volatile bool _closed;

    /// <param name="reactor">The reactor.</param>
    /// <param name="socket">The socket, which is closed by its owner, after this.</param>
    /// <exception cref="SocketException">The system's limit of epoll watches is reached.</exception>
    public ReactorDatagrams(Reactor reactor, SafeSocketHandle socket)
    {
        (_reactor, _socket) = (reactor, socket);
        reactor.Add(socket, this, Libc.EpollIn);
    }

    /// <summary>Whether datagrams have been received that nobody has taken yet.</summary>
    public bool HasReceived => _batch.Has;

    /// <summary>Waits until there is a datagram.</summary>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    /// <exception cref="SocketException">The system has run out of some resource.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_batch.Has) return;
            if (_isDrained) await _readable.WaitAsync(cancellationToken).ConfigureAwait(false);
            else if (_isFull) await _reactor.Yield(); // the sockets beside it have their turn
            ObjectDisposedException.ThrowIf(_closed, this);
            int count = _batch.Fill(_socket);
            // A batch that has room has emptied the socket: whatever comes behind it is an event (epoll(7)).
            _isDrained = count is > 0 and < DatagramBatch.Capacity or -Errno.Again;
            _isFull = count == DatagramBatch.Capacity;
            if (count < 0 && !IsPassing(-count)) throw Errno.ToException(-count);
        }
    }

    /// <summary>Receives a datagram.</summary>
    /// <returns>Its length and sender, and the address it was sent to where the socket is told.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    /// <exception cref="SocketException">The system has run out of some resource.</exception>
    public ValueTask<(int Length, IPEndPoint Source, IPEndPoint? Destination)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _batch.Has && !_closed ? new(_batch.Take(buffer.Span)) : WaitAndReceiveAsync(buffer, cancellationToken);

    /// <summary>Sends a datagram.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="target">The sockaddr of the target.</param>
    /// <returns>False when the system does not take it.</returns>
    public unsafe bool TrySend(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> target)
    {
        fixed (byte* start = datagram, name = target)
        {
            IoVector vector = new() { Start = start, Length = (nuint)datagram.Length };
            MessageHeader message = new() { Name = name, NameLength = (uint)target.Length, Vectors = &vector, VectorCount = 1 };
            while (true)
            {
                if (Libc.SendMessage(_socket, &message, Libc.MsgDontwait | Libc.MsgNoSignal) >= 0) return true;
                if (Marshal.GetLastPInvokeError() != Errno.Interrupted) return false;
            }
        }
    }

    public void OnEvents(uint events) => _readable.Signal();

    /// <summary>Takes it from the reactor; its receiver gets an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, true)) return;
        _reactor.RemoveShared(_socket);
        _readable.Close();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(int Length, IPEndPoint Source, IPEndPoint? Destination)> WaitAndReceiveAsync(
        Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        return _batch.Take(buffer.Span);
    }

    // What a peer's host has reported, or a signal: the socket goes on.
    private static bool IsPassing(int errno) => errno is Errno.Again or Errno.Interrupted
        || Errno.ToException(errno).SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused
            or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.MessageSize;
}
