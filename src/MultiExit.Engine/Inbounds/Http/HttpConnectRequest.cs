using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>A CONNECT between its head and the answer (RFC 9110 section 9.3.6).</summary>
internal sealed class HttpConnectRequest(DuplexStream stream, TimeProvider time) : InboundRequest
{
    // No Content-Length: what follows a 2xx is the tunnel.
    private static readonly byte[] Established = "HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray();

    public override DuplexStream Connection => stream;

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) =>
        stream.WriteAsync(Established, cancellationToken);

    public override async ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(HttpAnswer.For(failure, Info).Format(close: true, isHead: false), cancellationToken).ConfigureAwait(false);
        await LingeringClose.RunAsync(stream, time, cancellationToken).ConfigureAwait(false);
    }
}
