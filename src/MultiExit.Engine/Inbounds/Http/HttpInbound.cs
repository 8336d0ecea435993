using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Http;

/// <summary>The HTTP proxy: CONNECT, and forwarding of requests for http:// (RFC 9110, RFC 9112).</summary>
internal sealed class HttpInbound(HttpOptions options, UserTable users, TimeProvider time) : IInbound
{
    private readonly DeadlinePool _deadlines = new(time);
    private Succession? _succession;
    private volatile bool _draining;

    /// <summary>The log; null: none.</summary>
    public EngineLog? Log { get; init; }

    /// <summary>Canceled when the server stops: connections that wait for their next request end.</summary>
    public CancellationToken Stopping { get; init; }

    public HttpOptions Options => options;

    public UserTable Users => users;

    /// <summary>What serves the next requests of its connections; null: itself. Where no HTTP proxy has taken its place, nobody else can.</summary>
    public InboundSuccessor? Successor => Succession.Next;

    private Succession Succession => LazyInitializer.EnsureInitialized(ref _succession, () => new Succession(this));

    /// <summary>No further request is wanted: connections close behind the next response.</summary>
    public bool IsDraining => _draining || Stopping.IsCancellationRequested;

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        using HttpConversation conversation = new(connection, dispatcher, this, _deadlines, time) { Log = Log };
        await conversation.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public void ReplacedBy(InboundSuccessor successor)
    {
        IInbound inbound = successor.Inbound is MixedInbound mixed ? mixed.Http : successor.Inbound;
        if (inbound is HttpInbound http) Succession.ReplacedBy(successor with { Inbound = http }, http.Succession);
    }

    /// <summary>Connections close after their next response. None that waits for a request is closed at once: the client may be sending one.</summary>
    public void Drain() => _draining = true;
}
