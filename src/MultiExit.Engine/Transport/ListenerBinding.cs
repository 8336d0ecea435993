using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>Binds a configured listener.</summary>
internal static class ListenerBinding
{
    /// <summary>Listens; <c>[::]</c> on a host without IPv6 becomes <c>0.0.0.0</c>.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.Listen"/>.</exception>
    public static ISocketListener Bind(ITransport transport, IPEndPoint endPoint) => transport.Listen(Available(endPoint));

    /// <summary>Listens beside listeners of this process.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.ListenBeside"/>.</exception>
    public static ISocketListener BindBeside(ITransport transport, IPEndPoint endPoint) => transport.ListenBeside(Available(endPoint));

    /// <summary>Takes datagrams, on the same addresses.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.Listen"/>.</exception>
    public static UdpSocket BindUdp(ITransport transport, IPEndPoint endPoint)
    {
        try
        {
            return transport.BindUdp(Available(endPoint));
        }
        catch (SocketException exception)
        {
            throw SocketErrors.Listening(endPoint, exception);
        }
    }

    private static IPEndPoint Available(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, endPoint.Port) : endPoint;
}
