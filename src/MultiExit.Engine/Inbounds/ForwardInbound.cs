using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds;

/// <summary>Forwards every connection, or every datagram, to one target, without a protocol of its own.</summary>
/// <param name="config">The target, and what is taken.</param>
/// <param name="users">The users that clients may be, by their certificates or addresses; none: anybody may come in.</param>
/// <param name="associations">Lets associations in.</param>
/// <param name="time">The clock of their idle time.</param>
internal sealed class ForwardInbound(
    ForwardInboundConfig config, UsersInForce users, UdpAdmission associations, TimeProvider time) : IInbound
{
    private static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(1);

    public IReadOnlyList<ListenPort> Listen(IPEndPoint configured) => config.Network switch
    {
        ForwardNetwork.Udp => [new DatagramPort(configured)],
        ForwardNetwork.Both => [new StreamPort(configured), new DatagramPort(configured)],
        _ => [new StreamPort(configured)],
    };

    public ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        connection.HandshakeCompleted();
        return PlainRequest.ServeAsync(connection, users, "forward", config.Target, dispatcher, cancellationToken);
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
        RequestInfo info = client.Request("forward", config.Target);
        await new ForwardAssociation(client, config.Target, seat, config.UdpIdleTimeout, time).RunAsync(info, dispatcher, cancellationToken)
            .ConfigureAwait(false);
    }
}
