using System.Buffers;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>Serves the associations of an inbound: each client has one, to any number of targets.</summary>
/// <param name="config">The inbound.</param>
/// <param name="state">What it remembers.</param>
/// <param name="associations">Lets associations in.</param>
/// <param name="counters">The server's counters.</param>
/// <param name="time">The clock.</param>
internal sealed class ShadowsocksUdpServer(
    ShadowsocksInboundConfig config, ShadowsocksState state, UdpAdmission associations, ServerCounters counters, TimeProvider time)
{
    // UDP over IPv4 has no more.
    private const int MaxSent = 65_507;
    private const int MaxReceived = 64 * 1024;

    // A client that may have no association sends on: it is asked about again after that, and not for each datagram.
    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(1);

    /// <summary>Serves a client until it has been idle for too long, or is cut off.</summary>
    public async ValueTask ServeAsync(ClientDatagrams client, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        client.HandshakeCompleted();
        ShadowsocksAssociation association = (ShadowsocksAssociation)client.State!;
        if (association.User is { } user) client.Enter(user);
        try
        {
            using UdpSeat? seat = associations.TryEnter(config.Name, client.Client, association.User?.Name, config.UdpPerUser, config.UdpTotal);
            if (seat is not null)
            {
                if (await TryRunAsync(client, association, seat, dispatcher, cancellationToken).ConfigureAwait(false)) return;
                seat.Dispose();
            }
            await Task.Delay(RefusalPause, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (association is TimedAssociation session) state.Ended.Add(session.Client, session.Window);
        }
    }

    // False: there is no association.
    private async ValueTask<bool> TryRunAsync(
        ClientDatagrams client, ShadowsocksAssociation association, UdpSeat seat, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        IdleWatch idle = new(config.UdpIdleTimeout, time);
        OpenedUdpSession opened = await dispatcher.OpenUdpAsync(
            client.Request(ShadowsocksInbound.Protocol, TunnelDatagrams.AnyDestination), DeliverAsync, client.Abort, cancellationToken).ConfigureAwait(false);
        using UdpSession? session = opened.Session;
        if (session is null) return false;
        try
        {
            seat.MayMakeRoom(idle, () => session.Abort(SessionOutcome.Idle));
            await using ConfiguredAsyncDisposable watch = idle.Watch(() => session.Abort(SessionOutcome.Idle)).ConfigureAwait(false);
            while (true)
            {
                // No buffer while the client has nothing to send.
                await client.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                idle.Touch();
                await ForwardOneAsync(client, session, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Cut off, or idle for too long; the session knows why.
            session.EndWith(SessionOutcome.Ok);
            return true;
        }
        finally
        {
            await session.CloseAsync().ConfigureAwait(false);
        }

        async ValueTask DeliverAsync(Destination source, ReadOnlyMemory<byte> datagram)
        {
            idle.Touch();
            byte[] buffer = ArrayPool<byte>.Shared.Rent(datagram.Length + association.Overhead);
            try
            {
                int length = association.Seal(source, datagram.Span, buffer);
                if (length > MaxSent) counters.CountDroppedDatagram();
                else if (length > 0) await client.SendAsync(buffer.AsMemory(0, length), CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static async ValueTask ForwardOneAsync(ClientDatagrams client, UdpSession session, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxReceived);
        try
        {
            DatagramReceived received = await client.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            await session.SendAsync(received.Source, buffer.AsMemory(0, received.Length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
