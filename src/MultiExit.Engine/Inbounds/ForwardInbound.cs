using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>Forwards every connection to one target, without a protocol of its own.</summary>
internal sealed class ForwardInbound(Destination target) : IInbound
{
    private const int MaxFirstBytes = 16 * 1024;

    /// <summary>The users that clients may be, by their certificates or addresses; null: anybody may come in.</summary>
    public UsersInForce? Users { get; init; }

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        connection.HandshakeCompleted();
        if (Users?.Now is { IsEmpty: false } users && !connection.EnterUnasked(users))
            throw new ProxyException(ProxyError.AccessRefused, "neither its address nor a certificate is that of a user");
        // Bytes that are there already can go with the request of a tunnel; the dial does not wait for them.
        if (connection.Stream == connection.Socket && connection.Socket.HasBytes)
            await connection.Reader.FillAsync(MaxFirstBytes, cancellationToken).ConfigureAwait(false);
        ForwardRequest request = new(connection.Reader.Detach()) { Info = connection.Request("forward", target) };
        await dispatcher.ServeAsync(request, connection, cancellationToken).ConfigureAwait(false);
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
