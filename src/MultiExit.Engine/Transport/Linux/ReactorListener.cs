using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MultiExit.Engine.Transport.Linux;

/// <summary>A listening socket on a reactor; its connections are dealt to all reactors in turn.</summary>
internal sealed class ReactorListener : ISocketListener, IEpollTarget
{
    private const int Backlog = 4096;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private readonly ReactorTransport _transport;
    private readonly Reactor _reactor;
    private readonly SocketHandle _handle;
    private readonly Readiness _readable = new();
    private volatile bool _disposed;
    private volatile bool _isPaused;

    public ReactorListener(ReactorTransport transport, Reactor reactor, IPEndPoint endPoint, SocketRoute route, bool besideOthers = false)
    {
        _transport = transport;
        _reactor = reactor;
        try
        {
            _handle = SocketCalls.Open(endPoint.AddressFamily);
            if (besideOthers) SharesPort = true;
            Bind(endPoint, route);
            LocalEndPoint = SocketCalls.GetLocalEndPoint(_handle);
            if (Libc.Listen(_handle, Backlog) < 0) throw Errno.LastException();
            if (besideOthers) SharesPort = false;
            reactor.Add(_handle, this, Libc.EpollIn);
        }
        catch (SocketException exception)
        {
            _handle?.Dispose();
            throw SocketErrors.Listening(endPoint, exception);
        }
    }

    /// <summary>A socket that listens already, from another process.</summary>
    /// <exception cref="SocketException">It is no such socket.</exception>
    public ReactorListener(ReactorTransport transport, Reactor reactor, PassedDescriptor passed)
    {
        _transport = transport;
        _reactor = reactor;
        _handle = new SocketHandle(passed.Release());
        try
        {
            LocalEndPoint = SocketCalls.GetLocalEndPoint(_handle);
            reactor.Add(_handle, this, Libc.EpollIn);
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    public IPEndPoint LocalEndPoint { get; }

    public SafeHandle Handle => _handle;

    public bool IsPaused
    {
        set
        {
            _isPaused = value;
            if (!value) _readable.Signal();
        }
    }

    // The option counts only at a bind, so that no other program can take a port that is in use.
    public bool SharesPort
    {
        set => SocketCalls.SetOption(_handle, Libc.SolSocket, Libc.SoReusePort, value ? 1 : 0);
    }

    public async ValueTask<SocketStream?> AcceptAsync()
    {
        while (!_disposed)
        {
            if (_isPaused)
            {
                await _readable.WaitAsync().ConfigureAwait(false);
                continue;
            }
            if (!DescriptorAccount.Process.MayAccept) await DescriptorAccount.Process.WaitForRoomAsync(() => _disposed).ConfigureAwait(false);
            SocketHandle? handle = TryAccept(out IPEndPoint? remote, out int errno);
            if (handle is not null)
            {
                ReactorSocketStream? stream = Adopt(handle, remote!);
                if (stream is not null) return stream;
            }
            else if (errno == Errno.Again)
            {
                await _readable.WaitAsync().ConfigureAwait(false);
            }
            else if (errno is not (Errno.Interrupted or Errno.ConnectionAborted))
            {
                // Descriptors or memory ran out: the client stays in the backlog until some are free.
                await Task.Delay(RetryDelay).ConfigureAwait(false);
            }
        }
        return null;
    }

    public void OnEvents(uint events) => _readable.Signal();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        _reactor.RemoveShared(_handle);
        _handle.Dispose();
        _readable.Close();
    }

    private ReactorSocketStream? Adopt(SocketHandle handle, IPEndPoint remote)
    {
        try
        {
            return ReactorSocketStream.Accepted(handle, _transport.NextReactor(), remote);
        }
        catch (SocketException)
        {
            // The system's limit of epoll watches: this connection cannot be served.
            handle.Dispose();
            return null;
        }
    }

    private SocketHandle? TryAccept(out IPEndPoint? remote, out int errno)
    {
        try
        {
            errno = -SocketCalls.Accept(_handle, out SocketHandle? accepted, out remote);
            return accepted;
        }
        catch (ObjectDisposedException)
        {
            errno = Errno.Interrupted; // the loop sees that the listener is disposed
            remote = null;
            return null;
        }
    }

    private void Bind(IPEndPoint endPoint, SocketRoute route)
    {
        SocketCalls.SetOption(_handle, Libc.SolSocket, Libc.SoReuseAddr, 1);
        SocketCalls.SetOption(_handle, Libc.IpprotoTcp, Libc.TcpNoDelay, 1); // inherited by accepted sockets
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            SocketCalls.SetOption(_handle, Libc.IpprotoIpv6, Libc.Ipv6V6Only, endPoint.Address.Equals(IPAddress.IPv6Any) ? 0 : 1);
        if (!route.IsDefault) SocketCalls.SetRoute(_handle, endPoint.AddressFamily, route);
        SocketCalls.Bind(_handle, endPoint);
    }
}
