using System.Net;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>The seam between protocols and the operating system's sockets. Nothing outside <c>Transport/</c> names
/// <c>Socket</c>, so the portable transport and the Linux reactor stand beneath the same code and the same tests.</summary>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>Binds and listens. <c>[::]</c> takes IPv4 as well. Port 0 picks a free one.</summary>
    /// <exception cref="ProxyException">The port is in use, the address is not on this host, or permission is missing;
    /// the message is one sentence for the operator.</exception>
    /// <param name="endPoint">The address and port.</param>
    /// <param name="route">The options of the listening socket, which its connections inherit.</param>
    ISocketListener Listen(IPEndPoint endPoint, SocketRoute route = default);

    /// <summary>Binds and listens beside listeners of this process that have the port, on other addresses that overlap with these, and for
    /// which <see cref="ISocketListener.SharesPort"/> is set. A connection comes to the one whose address is the more exact.</summary>
    /// <exception cref="ProxyException">See <see cref="Listen"/>.</exception>
    /// <param name="endPoint">The address and port.</param>
    /// <param name="route">See <see cref="Listen"/>.</param>
    ISocketListener ListenBeside(IPEndPoint endPoint, SocketRoute route = default) => Listen(endPoint, route);

    /// <summary>Goes on with a socket of another process that is bound and listens.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It is no such socket.</exception>
    /// <param name="passed">The socket, which is the listener's from here on.</param>
    ISocketListener Adopt(PassedDescriptor passed) => new PortableListener(passed);

    /// <summary>Connects to an address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The connection failed.</exception>
    ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken);

    /// <summary>Opens a UDP socket bound to the address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound, or the mark or interface not set.</exception>
    UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default);

    /// <summary>Opens a UDP socket that takes the datagrams which the firewall's TPROXY hands it, with the addresses that they were sent to. Linux only;
    /// needs CAP_NET_ADMIN.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">See <see cref="BindUdp"/>.</exception>
    UdpSocket BindTransparentUdp(IPEndPoint endPoint) => new Linux.OriginalDestinationSocket(endPoint);

    /// <summary>Goes on with a UDP socket of another process.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It is no such socket.</exception>
    /// <param name="passed">The socket, which belongs to the result from here on.</param>
    UdpSocket AdoptUdp(PassedDescriptor passed) => new(passed);

    /// <summary>Goes on with a socket of <see cref="BindTransparentUdp"/> of another process.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It is no such socket.</exception>
    /// <param name="passed">See <see cref="AdoptUdp"/>.</param>
    UdpSocket AdoptTransparentUdp(PassedDescriptor passed) => new Linux.OriginalDestinationSocket(passed);
}
