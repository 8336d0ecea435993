using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Inbounds.WebSocket;

/// <summary>A request of a WebSocket proxy's client, between its head and our answer.</summary>
internal sealed class WebSocketProxyRequest(DuplexStream stream, WebSocketRequest request, WebSocketOptions options, TimeProvider time) : InboundRequest
{
    public override DuplexStream Connection { get; } = new WebSocketStream(new WebSocketConnection(stream, options, time));

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) => stream.WriteAsync(
        WebSocketResponse.Format(request.Key, protocol: null, options.HalfClose ? WebSocketConnection.HalfClose : null), cancellationToken);

    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken) =>
        WebSocketUpgrade.RefuseAsync(stream, HttpAnswer.For(failure), time, cancellationToken);
}
