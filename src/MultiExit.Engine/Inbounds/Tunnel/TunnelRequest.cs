using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>A stream that a tunnel client opened.</summary>
internal sealed class TunnelRequest(TunnelSession session, TunnelStream stream) : InboundRequest
{
    public override DuplexStream Connection => stream;

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken)
    {
        session.SendConnected(stream, Socks5Reply.Succeeded, local is null ? null : Destination.FromEndPoint(local));
        return default;
    }

    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        session.SendConnected(stream, Socks5Failures.ToReply(failure), null);
        stream.End(new IOException("the destination could not be reached")); // CONNECTED has reported it: no RESET
        return default;
    }
}
