using System.Net;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.DataPath;

/// <summary>One request for a TCP connection, between the inbound's handshake and its answer to the client.</summary>
internal abstract class InboundRequest
{
    public required RequestInfo Info { get; init; }

    /// <summary>The client's stream from the end of the request on; payload that the client sent ahead of the answer comes out of it first
    /// (<see cref="PrefixedStream"/>).</summary>
    public abstract DuplexStream Connection { get; }

    /// <summary>Ends this request alone, where the client's connection carries others; null: the connection is aborted.</summary>
    public Action? Abort { get; init; }

    /// <summary>Reports to the client that the target is connected. Called once, only after the dial succeeded.</summary>
    /// <param name="local">The address the target sees, where it is known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken);

    /// <summary>Sets, before the relay begins, how the server's own limits hold back the reader of <see cref="Connection"/>.</summary>
    public virtual void HeldBackBy(IReaderHold hold) { }

    /// <summary>Reports to the client, in its protocol, why it cannot be served. The connection is closed afterwards.</summary>
    public abstract ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken);
}
