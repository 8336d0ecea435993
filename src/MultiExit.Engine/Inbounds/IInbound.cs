using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds;

/// <summary>Turns accepted connections into requests. One object serves all connections of an inbound; it dials nothing itself.</summary>
internal interface IInbound
{
    /// <summary>Serves one connection until it ends. The caller disposes the connection.</summary>
    /// <exception cref="ProxyException">The peer broke the protocol (reason <see cref="ProxyError.ProtocolViolation"/>); the protocol's own error
    /// was already sent where it has one. The caller logs it with the peer's address.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken);

    /// <summary>The server stops, or a reload has put another inbound in this one's place: ends what is idle, and tells clients where the
    /// protocol can. Called with the configuration lock held: it must not wait.</summary>
    void Drain() { }
}
