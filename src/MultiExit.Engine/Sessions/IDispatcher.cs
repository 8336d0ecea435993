using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Sessions;

/// <summary>The services of the gateway for inbounds: route, dial and count. It is the only link between inbounds and exits.</summary>
internal interface IDispatcher
{
    /// <summary>Serves a request from route to end: dials, accepts or rejects it, relays until both directions have ended.</summary>
    ValueTask ServeAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken);

    /// <summary>As <see cref="ServeAsync"/>, with a peer that connected to this server instead of being dialed (SOCKS5 BIND). The request's
    /// destination is the peer; its route must lead straight out (the exit <c>direct</c> of any source address), otherwise the request is rejected
    /// as <see cref="DialFailure.NotAllowed"/>. The policy for private destinations holds for the peer as well.</summary>
    /// <param name="request">The request. It is accepted with the peer's address.</param>
    /// <param name="connection">The client's connection.</param>
    /// <param name="peer">The accepted connection; it is disposed here.</param>
    /// <param name="cancellationToken">Ends the relay.</param>
    ValueTask ServeAcceptedAsync(InboundRequest request, InboundConnection connection, SocketStream peer, CancellationToken cancellationToken);

    /// <summary>As <see cref="ServeAsync"/>, but straight out, whatever the rules say: for a destination that the configuration itself
    /// names.</summary>
    ValueTask ServeDirectAsync(InboundRequest request, InboundConnection connection, CancellationToken cancellationToken);

    /// <summary>Routes and dials only, for an inbound that moves the bytes itself (HTTP forwarding). The session is listed and
    /// counted until it is disposed; <see cref="DialResult.Connection"/> belongs to the session.</summary>
    ValueTask<OpenedSession> OpenAsync(RequestInfo request, InboundConnection connection, CancellationToken cancellationToken);

    /// <summary>Relays what <see cref="OpenAsync"/> opened until both directions have ended, for an inbound that no longer moves the bytes itself
    /// (an HTTP upgrade), and sets the outcome of the session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="client">The client's side; the caller disposes both sides.</param>
    /// <param name="upstream">The target's side.</param>
    ValueTask RelayAsync(Session session, DuplexStream client, DuplexStream upstream);

    /// <summary>Opens a listed UDP session for an association. Every datagram is routed by its own destination; where they all have the same
    /// exit, that is opened first.</summary>
    /// <param name="request">The association; its destination is the one that the client announced, often 0.0.0.0:0.</param>
    /// <param name="deliver">Called with each datagram that comes back and its real source; one call at a time.</param>
    /// <param name="abort">Called to end the association from outside (drain, Stop-MxSession, idle time-out).</param>
    /// <param name="cancellationToken">Ends the wait for the exit.</param>
    ValueTask<OpenedUdpSession> OpenUdpAsync(
        RequestInfo request, Func<Destination, ReadOnlyMemory<byte>, ValueTask> deliver, Action abort, CancellationToken cancellationToken);
}
