using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Transparent;

/// <summary>A port that takes the datagrams which the firewall of this host has caught (TPROXY).</summary>
/// <param name="EndPoint">The address.</param>
internal sealed record TransparentDatagramPort(IPEndPoint EndPoint) : DatagramPort(EndPoint)
{
    public override bool IsPlain => false;

    public override UdpSocket Bind(ITransport transport)
    {
        TransparentStreamPort.RequireLinux(EndPoint);
        return ListenerBinding.BindTransparentUdp(transport, EndPoint);
    }

    public override UdpSocket Adopt(ITransport transport, PassedDescriptor passed) => transport.AdoptTransparentUdp(passed);
}
