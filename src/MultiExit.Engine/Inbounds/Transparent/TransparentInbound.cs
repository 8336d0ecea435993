using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Transparent;

/// <summary>Takes what clients send to others, as this host's firewall catches it, and passes it on to where they have sent it.</summary>
/// <param name="config">How it catches it.</param>
/// <param name="users">The users that clients may be, by their addresses; none: anybody may come in.</param>
/// <param name="associations">Lets associations in.</param>
/// <param name="transport">Binds the sockets that answers leave from.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class TransparentInbound(
    TransparentInboundConfig config, UsersInForce users, UdpAdmission associations, ITransport transport, TimeProvider time, EngineLog log) : IInbound
{
    private const string Protocol = "transparent";
    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(1);

    private readonly AnswerSockets _answers = new(transport);

    public IReadOnlyList<ListenPort> Listen(IPEndPoint configured) => config.Udp
        ? [new TransparentStreamPort(configured, config.Mode), new TransparentDatagramPort(configured)]
        : [new TransparentStreamPort(configured, config.Mode)];

    public ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        connection.HandshakeCompleted();
        // With TPROXY the accepted socket has the address that the client has connected to.
        IPEndPoint? destination = config.Mode == TransparentMode.Tproxy ? connection.Local : connection.Socket.OriginalDestination;
        if (destination is null || IsOwn(destination, connection.Local)) throw new ProxyException(ProxyError.AccessRefused, ListenerAddress.NotRedirected);
        return PlainRequest.ServeAsync(connection, users, Protocol, Destination.FromEndPoint(destination), dispatcher, cancellationToken);
    }

    public async ValueTask ServeDatagramsAsync(ClientDatagrams client, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        client.HandshakeCompleted();
        if (users.Now is { IsEmpty: false } known && !client.EnterUnasked(known))
        {
            // A client that may not come in sends on: it is asked about again after that, and not for each datagram.
            await Task.Delay(RefusalPause, time, cancellationToken).ConfigureAwait(false);
            throw new ProxyException(ProxyError.AccessRefused, "its address is not that of a user");
        }
        using UdpSeat? seat = associations.TryEnter(client.Inbound, client.Client, client.Identity?.Name, config.UdpPerUser, config.UdpTotal);
        if (seat is null)
        {
            await Task.Delay(RefusalPause, time, cancellationToken).ConfigureAwait(false);
            return;
        }
        TransparentAssociation association = new(client, _answers, seat, config.UdpIdleTimeout, time, log);
        await association.RunAsync(Protocol, dispatcher, cancellationToken).ConfigureAwait(false);
    }

    // In the mode redirect the port may be one that the system has picked; it is that of the local end.
    private bool IsOwn(IPEndPoint destination, IPEndPoint local) => config.Mode == TransparentMode.Redirect
        ? destination.Equals(local) || ListenerAddress.Is(destination, local.Port)
        : ListenerAddress.Is(destination, config.Listen.Port);
}
