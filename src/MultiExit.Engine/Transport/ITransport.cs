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
    /// <param name="freeBind">Whether the address need not be on an interface, since connections to it arrive all the same (AnyIP).
    /// Linux; elsewhere it changes nothing.</param>
    ISocketListener Listen(IPEndPoint endPoint, bool freeBind = false);

    /// <summary>Binds and listens beside listeners of this process that have the port, on other addresses that overlap with these, and for
    /// which <see cref="ISocketListener.SharesPort"/> is set. A connection comes to the one whose address is the more exact.</summary>
    /// <exception cref="ProxyException">See <see cref="Listen"/>.</exception>
    /// <param name="endPoint">The address and port.</param>
    ISocketListener ListenBeside(IPEndPoint endPoint) => Listen(endPoint);

    /// <summary>Connects to an address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The connection failed.</exception>
    ValueTask<SocketStream> ConnectAsync(IPEndPoint remote, ConnectOptions options, CancellationToken cancellationToken);

    /// <summary>Opens a UDP socket bound to the address.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound, or the mark or interface not set.</exception>
    UdpSocket BindUdp(IPEndPoint endPoint, SocketRoute route = default);
}
