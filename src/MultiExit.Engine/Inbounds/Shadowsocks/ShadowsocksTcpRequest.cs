using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>What a client has asked for. The protocol has no answer: the first bytes of the target are one.</summary>
internal sealed class ShadowsocksTcpRequest(DuplexStream stream) : InboundRequest
{
    public override DuplexStream Connection => stream;

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) => default;

    // A reset and no end: what the target sent would look whole, and empty.
    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        stream.Abort();
        return default;
    }
}
