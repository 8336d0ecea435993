using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds.EchTunnel;

/// <summary>Serves the sessions of one carrier in the plain format.</summary>
/// <param name="connection">The carrier's connection.</param>
/// <param name="getDispatcher">The dispatcher for a new session; null: new sessions are no longer served.</param>
/// <param name="log">The log.</param>
internal sealed class EchTunnelSessionServer(InboundConnection connection, Func<IDispatcher?> getDispatcher, EngineLog log)
{
    private readonly CarriedSessions _sessions = new(connection, "ech-tunnel", log);

    /// <summary>Serves a session to its end. Never throws.</summary>
    public Task ServeAsync(EchTunnelOpen open) => _sessions.ServeAsync(open.Channel is EchTunnelStream stream
        ? ServeStreamAsync(stream, open)
        : ServeAssociationAsync((EchTunnelAssociation)open.Channel));

    private async ValueTask ServeStreamAsync(EchTunnelStream stream, EchTunnelOpen open)
    {
        await using (stream.ConfigureAwait(false))
        {
            // Disposal closes the session of a client that is not allowed any more.
            if (getDispatcher() is not { } dispatcher) return;
            EchTunnelRequest request = new(stream, open.FirstFrame) { Info = _sessions.Request(open.Destination), Abort = stream.Abort };
            await dispatcher.ServeAsync(request, connection, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask ServeAssociationAsync(EchTunnelAssociation association)
    {
        await using (association.ConfigureAwait(false))
        {
            if (getDispatcher() is not { } dispatcher) return;
            await _sessions.ServeUdpAsync(dispatcher, association, association.Answer, association.Abort).ConfigureAwait(false);
        }
    }
}
