using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>Binds a configured listener.</summary>
internal static class ListenerBinding
{
    /// <summary>Listens; <c>[::]</c> on a host without IPv6 becomes <c>0.0.0.0</c>.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.Listen"/>.</exception>
    public static ISocketListener Bind(ITransport transport, IPEndPoint endPoint, SocketRoute route = default) =>
        transport.Listen(Available(endPoint), route);

    /// <summary>Listens beside listeners of this process.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.ListenBeside"/>.</exception>
    public static ISocketListener BindBeside(ITransport transport, IPEndPoint endPoint, SocketRoute route = default) =>
        transport.ListenBeside(Available(endPoint), route);

    /// <summary>Takes datagrams, on the same addresses.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.Listen"/>.</exception>
    public static UdpSocket BindUdp(ITransport transport, IPEndPoint endPoint) => BindUdp(endPoint, available => transport.BindUdp(available));

    /// <summary>Takes the datagrams that the firewall's TPROXY hands it, on the same addresses.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.Listen"/>.</exception>
    public static UdpSocket BindTransparentUdp(ITransport transport, IPEndPoint endPoint) => BindUdp(endPoint, transport.BindTransparentUdp);

    private static UdpSocket BindUdp(IPEndPoint endPoint, Func<IPEndPoint, UdpSocket> bind)
    {
        try
        {
            return bind(Available(endPoint));
        }
        catch (SocketException exception)
        {
            throw SocketErrors.Listening(endPoint, exception);
        }
    }

    private static IPEndPoint Available(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, endPoint.Port) : endPoint;
}
