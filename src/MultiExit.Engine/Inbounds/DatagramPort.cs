using System.Net;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>A port that takes datagrams; those of one client are served by <see cref="IInbound.ServeDatagramsAsync"/>. A protocol whose socket
/// needs options of its own derives from it.</summary>
/// <param name="EndPoint">The address.</param>
internal record DatagramPort(IPEndPoint EndPoint) : ListenPort(EndPoint)
{
    /// <summary>Binds it.</summary>
    /// <exception cref="ProxyException">As for a port that takes connections.</exception>
    public virtual UdpSocket Bind(ITransport transport) => ListenerBinding.BindUdp(transport, EndPoint);

    /// <summary>Goes on with the socket of an equal port of another process.</summary>
    public virtual UdpSocket Adopt(ITransport transport, PassedDescriptor passed) => transport.AdoptUdp(passed);
}
