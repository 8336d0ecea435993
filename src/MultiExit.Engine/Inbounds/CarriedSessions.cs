using System.Buffers;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds;

/// <summary>The common part of serving the sessions of one carrier, whatever the carrier's protocol.</summary>
/// <param name="connection">The carrier's connection.</param>
/// <param name="protocol">The carrier's protocol (<see cref="RequestInfo.Protocol"/>).</param>
/// <param name="log">The log.</param>
internal sealed class CarriedSessions(InboundConnection connection, string protocol, EngineLog log)
{
    private const int MaxDatagram = 65535;

    /// <summary>Serves one session. Never throws: a fault of one session has no effect on the others.</summary>
    public async Task ServeAsync(ValueTask session)
    {
        try
        {
            await session.ConfigureAwait(false);
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

    /// <summary>A request for a connection that came over the carrier.</summary>
    public RequestInfo Request(Destination destination) => connection.Request(protocol, destination);

    /// <summary>Serves a UDP association to its end.</summary>
    /// <param name="dispatcher">Routes and counts.</param>
    /// <param name="flow">The client's datagrams, with where they go, and back with where they came from.</param>
    /// <param name="answer">Reports to the client whether the association stands: None, or why it does not.</param>
    /// <param name="abort">Ends it.</param>
    public async ValueTask ServeUdpAsync(IDispatcher dispatcher, IDatagramFlow flow, Action<DialFailure> answer, Action abort)
    {
        OpenedUdpSession opened = await dispatcher.OpenUdpAsync(
            connection.Request(protocol, TunnelDatagrams.AnyDestination, network: Network.Udp),
            async (source, data) => await flow.SendAsync(source, data, CancellationToken.None).ConfigureAwait(false),
            abort, CancellationToken.None).ConfigureAwait(false);
        if (opened.Session is not { } udp)
        {
            answer(opened.Failure);
            return;
        }
        try
        {
            answer(DialFailure.None);
            while (true)
            {
                // No buffer while the client has nothing to send.
                await flow.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
                await ForwardOneAsync(flow, udp).ConfigureAwait(false);
            }
        }
        catch (IOException exception)
        {
            bool inOrder = exception is AssociationEndedException || exception.InnerException is AssociationEndedException;
            udp.EndWith(inOrder ? SessionOutcome.Ok : SessionOutcome.ClientReset);
            throw;
        }
        finally
        {
            await udp.CloseAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask ForwardOneAsync(IDatagramFlow flow, UdpSession udp)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            DatagramReceived received = await flow.ReceiveAsync(buffer, CancellationToken.None).ConfigureAwait(false);
            await udp.SendAsync(received.Source, buffer.AsMemory(0, received.Length), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
