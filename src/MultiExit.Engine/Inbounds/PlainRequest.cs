using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds;

/// <summary>The request of a client that speaks no protocol of a proxy: its bytes are those of its target.</summary>
internal sealed class PlainRequest : InboundRequest
{
    private const int MaxFirstBytes = 16 * 1024;
    private readonly DuplexStream _stream;

    private PlainRequest(DuplexStream stream) => _stream = stream;

    public override DuplexStream Connection => _stream;

    /// <summary>Serves a connection to its end.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="users">The users that clients may be, by their certificates or addresses; without any, anybody may come in.</param>
    /// <param name="protocol">How routing and records name it (<see cref="RequestInfo.Protocol"/>).</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="dispatcher">The gateway.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProxyException">The client is none of the users (<see cref="ProxyError.AccessRefused"/>).</exception>
    public static async ValueTask ServeAsync(
        InboundConnection connection, UsersInForce users, string protocol, Destination destination, IDispatcher dispatcher,
        CancellationToken cancellationToken)
    {
        if (users.Now is { IsEmpty: false } known && !connection.EnterUnasked(known))
            throw new ProxyException(ProxyError.AccessRefused, "neither its address nor a certificate is that of a user");
        // Bytes that are there already can go with the request of a tunnel; the dial does not wait for them.
        if (connection.Stream == connection.Socket && connection.Socket.HasBytes)
            await connection.Reader.FillAsync(MaxFirstBytes, cancellationToken).ConfigureAwait(false);
        PlainRequest request = new(connection.Reader.Detach()) { Info = connection.Request(protocol, destination) };
        await dispatcher.ServeAsync(request, connection, cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask AcceptAsync(IPEndPoint? local, CancellationToken cancellationToken) => default;

    /// <summary>There is no protocol to report it in: the client sees a reset, as from a closed port.</summary>
    public override ValueTask RejectAsync(DialFailure failure, CancellationToken cancellationToken)
    {
        _stream.Abort();
        return default;
    }
}
