using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>A CONNECT, or a BIND whose peer has come, between request and last reply.</summary>
internal sealed class Socks5Request(DuplexStream connection) : InboundRequest
{
    public override DuplexStream Connection => connection;

    /// <summary>True once the client was answered that it cannot be served.</summary>
    public bool Rejected { get; private set; }

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) =>
        connection.WriteAsync(Socks5Replies.Success(local), cancellationToken);

    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        Rejected = true;
        return connection.WriteAsync(Socks5Replies.Of(Socks5Failures.ToReply(failure)), cancellationToken);
    }
}
