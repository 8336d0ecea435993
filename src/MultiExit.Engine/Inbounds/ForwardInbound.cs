using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds;

/// <summary>Forwards every connection to one target, without a protocol of its own.</summary>
internal sealed class ForwardInbound(Destination target) : IInbound
{
    /// <summary>The users that clients may be, by their certificates or addresses; null: anybody may come in.</summary>
    public UsersInForce? Users { get; init; }

    public ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        connection.HandshakeCompleted();
        return PlainRequest.ServeAsync(connection, Users, "forward", target, dispatcher, cancellationToken);
    }
}
