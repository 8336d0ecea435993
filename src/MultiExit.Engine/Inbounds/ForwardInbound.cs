using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>Forwards every connection, or every datagram, to one target, without a protocol of its own.</summary>
/// <param name="config">The target, and what is taken.</param>
/// <param name="users">The users that clients may be, by their certificates or addresses; none: anybody may come in.</param>
/// <param name="associations">Counts the associations.</param>
/// <param name="time">The clock of their idle time.</param>
internal sealed class ForwardInbound(ForwardInboundConfig config, UsersInForce users, UdpQuota associations, TimeProvider time) : IInbound
{
    private const int MaxFirstBytes = 16 * 1024;

    public IReadOnlyList<ListenPort> Listen(IPEndPoint configured) => config.Network switch
    {
        ForwardNetwork.Udp => [new DatagramPort(configured)],
        ForwardNetwork.Both => [new StreamPort(configured), new DatagramPort(configured)],
        _ => [new StreamPort(configured)],
    };

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        connection.HandshakeCompleted();
        if (users.Now is { IsEmpty: false } now && !connection.EnterUnasked(now))
            throw new ProxyException(ProxyError.AccessRefused, "neither its address nor a certificate is that of a user");
        // Bytes that are there already can go with the request of a tunnel; the dial does not wait for them.
        if (connection.Stream == connection.Socket && connection.Socket.HasBytes)
            await connection.Reader.FillAsync(MaxFirstBytes, cancellationToken).ConfigureAwait(false);
        ForwardRequest request = new(connection.Reader.Detach()) { Info = connection.Request("forward", config.Target) };
        await dispatcher.ServeAsync(request, connection, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask ServeDatagramsAsync(ClientDatagrams client, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        client.HandshakeCompleted();
        if (users.Now is { IsEmpty: false } now)
        {
            LoginResult login = now.ByNetwork(client.Client.Address);
            if (!login.IsOk) throw new ProxyException(ProxyError.AccessRefused, "its address is not that of a user");
            client.Enter(login.Identity!);
        }
        if (!associations.TryEnter(client.Inbound, client.Client.Address, config.UdpPerUser, config.UdpTotal))
            throw new ProxyException(ProxyError.AccessRefused, "there are as many associations as `udp_per_user` or `udp_total` allows");
        try
        {
            RequestInfo info = client.Request("forward", config.Target);
            await new ForwardAssociation(client, config.Target, config.UdpIdleTimeout, time).RunAsync(info, dispatcher, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            associations.Leave(client.Inbound, client.Client.Address);
        }
    }

    private sealed class ForwardRequest(DuplexStream stream) : InboundRequest
    {
        public override DuplexStream Connection => stream;

        public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) => default;

        /// <summary>There is no protocol to report it in: the client sees a reset, as from a closed port.</summary>
        public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
        {
            stream.Abort();
            return default;
        }
    }
}
