using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Transparent;

/// <summary>A port that takes the connections which the firewall of this host has caught.</summary>
/// <param name="EndPoint">The address.</param>
/// <param name="Mode">How it catches them.</param>
internal sealed record TransparentStreamPort(IPEndPoint EndPoint, TransparentMode Mode) : StreamPort(EndPoint)
{
    public override bool IsPlain => false;

    private SocketRoute Route => new(Transparent: Mode == TransparentMode.Tproxy);

    public override ISocketListener Bind(ITransport transport)
    {
        RequireLinux(EndPoint);
        return ListenerBinding.Bind(transport, EndPoint, Route);
    }

    public override ISocketListener BindBeside(ITransport transport)
    {
        RequireLinux(EndPoint);
        return ListenerBinding.BindBeside(transport, EndPoint, Route);
    }

    /// <summary>Refuses on other systems.</summary>
    /// <exception cref="ProxyException">This is another system.</exception>
    public static void RequireLinux(IPEndPoint endPoint)
    {
        if (!OperatingSystem.IsLinux())
            throw new ProxyException(ProxyError.InvalidConfiguration,
                $"cannot listen on {endPoint}: an inbound of the type transparent needs Linux and its netfilter; use socks5 or http here");
    }
}
