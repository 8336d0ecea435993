using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Transport;

/// <summary>Binds a configured listener.</summary>
internal static class ListenerBinding
{
    /// <summary>Listens; <c>[::]</c> on a host without IPv6 becomes <c>0.0.0.0</c>.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.Listen"/>.</exception>
    public static ISocketListener Bind(ITransport transport, IPEndPoint endPoint)
    {
        bool everywhere = endPoint.Address.Equals(IPAddress.IPv6Any);
        return transport.Listen(everywhere && !Socket.OSSupportsIPv6 ? new IPEndPoint(IPAddress.Any, endPoint.Port) : endPoint);
    }
}
