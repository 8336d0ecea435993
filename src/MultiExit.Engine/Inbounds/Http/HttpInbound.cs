using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>The HTTP proxy: CONNECT, and forwarding of requests for http:// (RFC 9110, RFC 9112).</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no handle, and connections outlive the inbound.")]
internal sealed class HttpInbound(HttpOptions options, UserTable users, TimeProvider time) : IInbound
{
    private readonly DeadlinePool _deadlines = new(time);
    private readonly CancellationTokenSource _draining = new();

    /// <summary>The log; null: none.</summary>
    public EngineLog? Log { get; init; }

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        using HttpConversation conversation = new(connection, dispatcher, options, users, _deadlines, time, _draining.Token) { Log = Log };
        await conversation.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connections that wait for their next request end now, the others after the response at hand.</summary>
    public void Drain() => _ = _draining.CancelAsync();
}
