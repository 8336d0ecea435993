using MultiExit.Engine.DataPath;
using MultiExit.Engine.Lightsocks;
using MultiExit.Engine.Protocols.Lightsocks;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds.Lightsocks;

/// <summary>The server of Lightsocks: SOCKS5 with each octet replaced by another.</summary>
/// <param name="table">The substitution.</param>
/// <param name="socks5">The SOCKS5 server that is inside.</param>
internal sealed class LightsocksInbound(LightsocksTable table, IInbound socks5) : IInbound
{
    public ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        connection.Wrap(stream => new LightsocksStream(stream, table));
        return socks5.ServeAsync(connection, dispatcher, cancellationToken);
    }

    public void ReplacedBy(InboundSuccessor successor) => socks5.ReplacedBy(successor);

    public void Drain() => socks5.Drain();
}
