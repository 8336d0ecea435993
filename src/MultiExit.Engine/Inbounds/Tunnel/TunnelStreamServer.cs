using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>Serves the streams of one carrier.</summary>
/// <param name="connection">The carrier's connection.</param>
/// <param name="protocol">The carrier's protocol (<see cref="RequestInfo.Protocol"/>).</param>
/// <param name="dispatcher">Where they go.</param>
/// <param name="log">The log.</param>
internal sealed class TunnelStreamServer(InboundConnection connection, string protocol, IDispatcher dispatcher, EngineLog log)
{
    private readonly CarriedSessions _sessions = new(connection, protocol, log);

    /// <summary>Serves a stream to its end. Never throws.</summary>
    public Task ServeAsync(TunnelSession session, TunnelOpen open) => _sessions.ServeAsync(open.Channel is TunnelStream stream
        ? ServeStreamAsync(session, stream, open.Destination)
        : ServeDatagramsAsync(session, (TunnelDatagrams)open.Channel));

    private async ValueTask ServeStreamAsync(TunnelSession session, TunnelStream stream, Destination destination)
    {
        await using (stream.ConfigureAwait(false))
        {
            TunnelRequest request = new(session, stream) { Info = _sessions.Request(destination), Abort = stream.Abort };
            await dispatcher.ServeAsync(request, connection, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask ServeDatagramsAsync(TunnelSession session, TunnelDatagrams datagrams)
    {
        await using (datagrams.ConfigureAwait(false))
            await _sessions.ServeUdpAsync(
                dispatcher, datagrams, failure => session.SendConnected(datagrams, Socks5Failures.ToAnswer(failure), null),
                datagrams.Abort).ConfigureAwait(false);
    }
}
