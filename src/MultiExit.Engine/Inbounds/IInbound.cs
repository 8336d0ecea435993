using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds;

/// <summary>Turns accepted connections into requests. One object serves all connections of an inbound; it dials nothing itself.</summary>
internal interface IInbound
{
    /// <summary>The sockets that it serves clients on. They are bound before the inbound is in force and closed once it is not; it opens none
    /// itself. With port 0 each gets a port of its own.</summary>
    /// <param name="configured">The listen address of the configuration.</param>
    IReadOnlyList<ListenPort> Listen(IPEndPoint configured) => [new StreamPort(configured)];

    /// <summary>Whether a new connection may come in now; asked before the TLS handshake, which is expensive. A connection that may not is
    /// closed.</summary>
    bool Admits(IPEndPoint client) => true;

    /// <summary>How much each of its keys or tokens is in use, in the order of the configuration; empty where it has none.</summary>
    IReadOnlyList<SecretStatus> Secrets => [];

    /// <summary>The server stops, or a reload has removed this inbound or put another one in its place: asks clients, where the protocol can, to
    /// connect again. Called with the configuration lock held: it must not wait.</summary>
    void Drain() { }

    /// <summary>A reload has put another inbound in this one's place; called before <see cref="Drain"/>. For protocols that cannot ask an idle client
    /// to connect again: from now on the requests of their connections go to the other inbound.</summary>
    void ReplacedBy(InboundSuccessor successor) { }

    /// <summary>After <see cref="Drain"/>: completes when all bytes that the connections of this inbound still have to send have left. Null when
    /// they have left whenever the sessions have ended.</summary>
    Task? Drained => null;

    /// <summary>Serves one connection until it ends. The caller disposes the connection.</summary>
    /// <exception cref="ProxyException">The peer broke the protocol (reason <see cref="ProxyError.ProtocolViolation"/>), or kept to it and was
    /// not let in (<see cref="ProxyError.AccessRefused"/>); the protocol's own error was already sent where it has one. The caller logs it
    /// with the peer's address.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken);

    /// <summary>Serves a connection that speaks no TLS although the port has it. Called only where the configuration says that the port looks
    /// like a web server's. The exceptions are those of <see cref="ServeAsync"/>.</summary>
    ValueTask ServePlainAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the inbound takes no connection without TLS");

    /// <summary>Opens datagrams, where the protocol seals them; null: those of one address and port are one client, whatever is in them.</summary>
    IDatagramOpener? Datagrams => null;

    /// <summary>Serves the datagrams of one client, from its first one until they are over: the inbound decides when, with the idle time of its
    /// sessions (<c>limits.idle_timeout</c>) or one of its own. Called only when it asks for a <see cref="DatagramPort"/>. The exceptions are
    /// those of <see cref="ServeAsync"/>.</summary>
    /// <param name="client">The client. The caller disposes it.</param>
    /// <param name="dispatcher">The gateway.</param>
    /// <param name="cancellationToken">Canceled when the client is cut off.</param>
    ValueTask ServeDatagramsAsync(ClientDatagrams client, IDispatcher dispatcher, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the inbound takes no datagrams");
}
