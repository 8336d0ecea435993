using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Inbounds.WebSocket;

/// <summary>A request of a WebSocket proxy's client, after its head.</summary>
/// <param name="stream">The connection.</param>
/// <param name="request">The request of the head.</param>
/// <param name="options">How the WebSocket behaves.</param>
/// <param name="early">Whether 101 is sent before the dial (<see cref="SwitchAsync"/>), so that a failed dial is reported by a close frame.</param>
/// <param name="time">The clock.</param>
internal sealed class WebSocketProxyRequest(DuplexStream stream, WebSocketRequest request, WebSocketOptions options, bool early, TimeProvider time)
    : InboundRequest
{
    public override DuplexStream Connection { get; } = new WebSocketStream(new WebSocketConnection(stream, options, time));

    /// <summary>The subprotocol to be named in the answer: the client's, where it is its token. Null for none.</summary>
    public string? Protocol { get; init; }

    /// <summary>Answers 101.</summary>
    public ValueTask SwitchAsync(CancellationToken cancellationToken) => stream.WriteAsync(
        WebSocketResponse.Format(request.Key, Protocol, options.HalfClose ? WebSocketConnection.HalfClose : null), cancellationToken);

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) => early ? default : SwitchAsync(cancellationToken);

    public override async ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        HttpAnswer answer = HttpAnswer.For(failure, Info);
        if (!early)
        {
            await WebSocketUpgrade.RefuseAsync(stream, answer, time, cancellationToken).ConfigureAwait(false);
            return;
        }
        WebSocketStream socket = (WebSocketStream)Connection;
        await using (socket.ConfigureAwait(false))
        {
            WebSocketCloseCode code = answer.Status == 403 ? WebSocketCloseCode.PolicyViolation : WebSocketCloseCode.InternalError;
            await socket.RefuseAsync(code, answer.Text).ConfigureAwait(false);
        }
    }
}
