using System.Buffers;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>Serves the streams of one carrier.</summary>
internal sealed class TunnelStreamServer(InboundConnection connection, IDispatcher dispatcher, EngineLog log)
{
    private const int MaxDatagram = 65535;

    /// <summary>Serves a stream to its end. Never throws: what one stream does costs no other anything.</summary>
    public async Task ServeAsync(TunnelSession session, TunnelOpen open)
    {
        try
        {
            if (open.Channel is TunnelStream stream) await ServeStreamAsync(session, stream, open.Destination).ConfigureAwait(false);
            else await ServeDatagramsAsync(session, (TunnelDatagrams)open.Channel).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or ProxyException)
        {
            log.ClientGone(connection.Inbound, connection.Client, exception.Message);
        }
        catch (Exception exception)
        {
            log.Unexpected(connection.Inbound, exception);
        }
    }

    private async Task ServeStreamAsync(TunnelSession session, TunnelStream stream, Destination destination)
    {
        await using (stream.ConfigureAwait(false))
        {
            TunnelRequest request = new(session, stream) { Info = Describe(destination, Network.Tcp), Abort = stream.Abort };
            await dispatcher.ServeAsync(request, connection, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task ServeDatagramsAsync(TunnelSession session, TunnelDatagrams datagrams)
    {
        await using (datagrams.ConfigureAwait(false))
        {
            UdpSession? udp = dispatcher.OpenUdp(
                Describe(TunnelDatagrams.AnyDestination, Network.Udp),
                async (source, data) => await datagrams.SendAsync(source, data, CancellationToken.None).ConfigureAwait(false),
                datagrams.Abort);
            if (udp is null)
            {
                session.SendConnected(datagrams.Id, Socks5Reply.NotAllowed, null);
                return;
            }
            try
            {
                session.SendConnected(datagrams.Id, Socks5Reply.Succeeded, null);
                while (true)
                {
                    // No buffer while the client has nothing to send.
                    await datagrams.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
                    await ForwardOneAsync(datagrams, udp).ConfigureAwait(false);
                }
            }
            finally
            {
                await udp.CloseAsync().ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask ForwardOneAsync(TunnelDatagrams datagrams, UdpSession udp)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            DatagramReceived received = await datagrams.ReceiveAsync(buffer, CancellationToken.None).ConfigureAwait(false);
            await udp.SendAsync(received.Source, buffer.AsMemory(0, received.Length), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private RequestInfo Describe(Destination destination, Network network) => new()
    {
        Inbound = connection.Inbound,
        Client = connection.Client,
        Local = connection.Local,
        Destination = destination,
        Network = network,
        PrivateDestinationsAllowed = connection.PrivateDestinationsAllowed,
    };
}
