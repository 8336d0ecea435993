using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols.Socks4;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks4;

/// <summary>A CONNECT of SOCKS4 between request and reply.</summary>
internal sealed class Socks4Request(DuplexStream connection) : InboundRequest
{
    public override DuplexStream Connection => connection;

    /// <summary>True once the client was answered that it cannot be served.</summary>
    public bool Rejected { get; private set; }

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) =>
        connection.WriteAsync(Bytes(Socks4Reply.Granted, local), cancellationToken);

    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        Rejected = true;
        return connection.WriteAsync(Bytes(Socks4Reply.Rejected), cancellationToken);
    }

    /// <summary>An answer as bytes.</summary>
    public static byte[] Bytes(Socks4Reply reply, IPEndPoint? bound = null)
    {
        byte[] bytes = new byte[Socks4ReplyMessage.Length];
        Socks4ReplyMessage.Write(bytes, reply, bound);
        return bytes;
    }
}
