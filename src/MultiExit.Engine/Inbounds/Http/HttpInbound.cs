using MultiExit.Engine.Configuration;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>The HTTP proxy: CONNECT, and forwarding of requests for http:// (RFC 9110, RFC 9112).</summary>
internal sealed class HttpInbound(HttpOptions options, UserTable users, TimeProvider time) : IInbound
{
    private readonly DeadlinePool _deadlines = new(time);

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        using HttpConversation conversation = new(connection, dispatcher, options, users, _deadlines, time);
        await conversation.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
