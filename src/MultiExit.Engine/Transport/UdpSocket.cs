using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>A UDP socket. Any number of senders, of which none waits; one receiver at a time.</summary>
/// <remarks>ICMP errors that some systems report on the next call are swallowed: on a socket that talks to many peers they belong to one of them.</remarks>
internal partial class UdpSocket : IDisposable
{
    private const int SioUdpConnReset = unchecked((int)0x9800000C);
    private readonly Socket _socket;
    private readonly SocketAddress _sender;
    private readonly SocketAddress _target;
    private readonly bool _dualMode;
    private readonly SocketRoute _route;
    private readonly ReactorDatagrams? _onReactor; // null: .NET waits for the socket
    private IPEndPoint? _lastTarget;
    private IPEndPoint? _lastSender;
    private SocketAddress? _lastSenderAddress;

    /// <summary>Binds to the address; <c>[::]</c> takes IPv4 as well.</summary>
    /// <param name="endPoint">The address and port.</param>
    /// <param name="route">The options of the socket.</param>
    /// <param name="reactor">Where datagrams are received; null: on the threads of .NET.</param>
    public UdpSocket(IPEndPoint endPoint, SocketRoute route = default, Reactor? reactor = null)
    {
        DescriptorAccount.Process.ThrowIfShort();
        _route = route;
        _socket = new CountedSocket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _dualMode = !route.OneFamily && endPoint.Address.Equals(IPAddress.IPv6Any);
                _socket.DualMode = _dualMode;
            }
            if (OperatingSystem.IsWindows()) _socket.IOControl(SioUdpConnReset, [0], null);
            _socket.Blocking = false;
            route.ApplyTo(_socket);
            _socket.Bind(endPoint);
            if (reactor is not null) _onReactor = new ReactorDatagrams(reactor, _socket.SafeHandle);
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw SocketErrors.Binding(endPoint.Address, exception);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        LocalEndPoint = Unmap((IPEndPoint)_socket.LocalEndPoint!);
        _sender = new SocketAddress(endPoint.AddressFamily);
        _target = new SocketAddress(endPoint.AddressFamily);
    }

    /// <summary>A socket that is bound already, from another process.</summary>
    /// <exception cref="SocketException">It is no such socket.</exception>
    /// <param name="passed">The socket.</param>
    /// <param name="route">Its options.</param>
    /// <param name="reactor">Where datagrams are received; null: on the threads of .NET.</param>
    public UdpSocket(PassedDescriptor passed, SocketRoute route = default, Reactor? reactor = null)
    {
        _route = route;
        _socket = new CountedSocket(passed);
        try
        {
            _socket.Blocking = false;
            IPEndPoint local = (IPEndPoint)_socket.LocalEndPoint!;
            _dualMode = local.AddressFamily == AddressFamily.InterNetworkV6 && _socket.DualMode;
            LocalEndPoint = Unmap(local);
            _sender = new SocketAddress(local.AddressFamily);
            _target = new SocketAddress(local.AddressFamily);
            if (reactor is not null) _onReactor = new ReactorDatagrams(reactor, _socket.SafeHandle);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>From here on its end in this process is not its end, since another process may have it.</summary>
    public void Share()
    {
        if (OperatingSystem.IsLinux()) CountedSocket.Share(_socket);
    }

    /// <summary>The address to bind to for every family that the host has.</summary>
    public static IPAddress AnyAddress => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>The socket, to hand it to another process.</summary>
    public SafeHandle Handle => _socket.SafeHandle;

    /// <summary>The address that datagrams to a peer leave from: the one it is bound to, or the one that the system chooses for that peer.</summary>
    /// <remarks>A second socket is asked: connecting sends nothing, and the first one must not be connected.</remarks>
    public IPAddress AddressTo(IPAddress peer)
    {
        IPAddress bound = LocalEndPoint.Address;
        if (!bound.Equals(IPAddress.Any) && !bound.Equals(IPAddress.IPv6Any)) return bound;
        try
        {
            using Socket asked = new(peer.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            _route.ApplyTo(asked);
            asked.Connect(peer, 9);
            return ((IPEndPoint)asked.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return bound; // no descriptor is left, or the route has just gone
        }
    }

    /// <summary>The family of addresses it can send to; a dual-mode socket takes both.</summary>
    public bool CanReach(IPAddress address) => _dualMode || address.AddressFamily == _socket.AddressFamily;

    /// <summary>Sends a datagram; false when the system does not accept it now, as with a full buffer: a network drops it then too, and a
    /// datagram that waits for one peer's neighbour entry must not delay the others.</summary>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> datagram, IPEndPoint target, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            lock (_target)
            {
                if (!target.Equals(_lastTarget)) SetTarget(target);
                if (_onReactor is { } sender) return new(sender.TrySend(datagram.Span, _target.Buffer.Span[.._target.Size]));
                _socket.SendTo(datagram.Span, SocketFlags.None, _target);
            }
            return new(true);
        }
        catch (SocketException)
        {
            return new(false);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The socket, for the options and calls of one that derives from this.</summary>
    private protected Socket Inner => _socket;

    /// <summary>Whether a reactor receives its datagrams.</summary>
    private protected bool IsOnReactor => _onReactor is not null;

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _onReactor?.Dispose();
        _socket.Dispose();
    }

    private void SetTarget(IPEndPoint target)
    {
        IPEndPoint mapped = _dualMode && target.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(target.Address.MapToIPv6(), target.Port)
            : target;
        if (mapped.AddressFamily != _socket.AddressFamily) throw new SocketException((int)SocketError.AddressFamilyNotSupported);
        SocketAddress address = mapped.Serialize();
        address.Buffer.Span[..address.Size].CopyTo(_target.Buffer.Span);
        _target.Size = address.Size;
        _lastTarget = target;
    }

    private static IPEndPoint Unmap(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
