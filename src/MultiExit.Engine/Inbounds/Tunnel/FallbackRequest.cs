using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>A client that goes to the fallback. It is not answered: it must not learn that there are two servers.</summary>
internal sealed class FallbackRequest(DuplexStream client) : InboundRequest
{
    public override DuplexStream Connection => client;

    /// <summary>Whether the fallback could not be reached.</summary>
    public bool Rejected { get; private set; }

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) => default;

    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        Rejected = true;
        return default;
    }
}
