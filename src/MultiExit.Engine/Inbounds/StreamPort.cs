using System.Net;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>A port that takes connections; each is served by <see cref="IInbound.ServeAsync"/>. A protocol whose socket needs options of its
/// own derives from it.</summary>
/// <param name="EndPoint">The address.</param>
internal record StreamPort(IPEndPoint EndPoint) : ListenPort(EndPoint)
{
    /// <summary>Binds it.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.Listen"/>.</exception>
    public virtual ISocketListener Bind(ITransport transport) => ListenerBinding.Bind(transport, EndPoint);

    /// <summary>Goes on with the socket of an equal port of another process.</summary>
    public ISocketListener Adopt(ITransport transport, PassedDescriptor passed) => transport.Adopt(passed);

    /// <summary>Binds it beside listeners of this process that have the port on other addresses.</summary>
    /// <exception cref="ProxyException">See <see cref="ITransport.ListenBeside"/>.</exception>
    public virtual ISocketListener BindBeside(ITransport transport) => ListenerBinding.BindBeside(transport, EndPoint);
}
