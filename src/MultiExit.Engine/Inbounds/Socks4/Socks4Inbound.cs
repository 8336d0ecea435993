using System.Text;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks4;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks4;

/// <summary>The server of SOCKS4 and SOCKS4A: CONNECT alone. It has no port of its own: a socks5 or mixed inbound passes it the connections that begin with
/// its version.</summary>
/// <remarks>A user id proves nothing, so it names the user that the client is by its network or certificate, and never makes it one
/// (docs/decisions/0101).</remarks>
internal sealed class Socks4Inbound(UsersInForce users, TimeProvider time) : IInbound
{
    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        HandshakeReader reader = connection.Reader;
        ParseStatus status;
        Socks4Command command;
        string userId;
        Destination? destination;
        while ((status = ReadRequest(reader, out command, out userId, out destination)) == ParseStatus.NeedMore)
            if (!await reader.ReadMoreAsync(Socks4RequestMessage.MaxLength, cancellationToken).ConfigureAwait(false)) return;
        if (destination is null)
        {
            await ReplyAndCloseAsync(connection, Socks4Reply.Rejected, cancellationToken).ConfigureAwait(false);
            throw new ProxyException(ProxyError.ProtocolViolation, "SOCKS4: the user id or the domain is longer than 255 octets, or the domain malformed");
        }
        if (Refusal(connection, userId) is { } refusal)
        {
            await ReplyAndCloseAsync(connection, refusal, cancellationToken).ConfigureAwait(false);
            throw new ProxyException(ProxyError.AccessRefused, refusal == Socks4Reply.NotIdentified
                ? "SOCKS4: the client is in the network of no user, and shows no user's certificate"
                : "SOCKS4: the user id is not that of the client, or its user has a password, which SOCKS4 has no place for");
        }
        connection.HandshakeCompleted();
        if (command != Socks4Command.Connect)
        {
            await ReplyAndCloseAsync(connection, Socks4Reply.Rejected, cancellationToken).ConfigureAwait(false);
            return;
        }
        RequestInfo info = connection.Request("socks4", destination);
        Socks4Request request = new(reader.Detach()) { Info = info };
        await dispatcher.ServeAsync(request, connection, cancellationToken).ConfigureAwait(false);
        if (request.Rejected) await LingeringClose.RunAsync(connection.Stream, time, cancellationToken).ConfigureAwait(false);
    }

    private static ParseStatus ReadRequest(HandshakeReader reader, out Socks4Command command, out string userId, out Destination? destination)
    {
        ParseStatus status = Socks4RequestMessage.TryRead(reader.Unread, out command, out ReadOnlySpan<byte> octets, out destination, out int consumed);
        userId = status == ParseStatus.Ok ? Encoding.UTF8.GetString(octets) : "";
        if (status == ParseStatus.Ok) reader.Advance(consumed);
        return status;
    }

    // Null: the client may come in.
    private Socks4Reply? Refusal(InboundConnection connection, string userId)
    {
        UserDirectory now = users.Now;
        if (now.IsEmpty ? connection.EnterAsAnybody() : connection.EnterNamed(now, userId)) return null;
        // Whoever could have come in with a password is told the same as one with a wrong name.
        return now.HasPasswords || connection.IsKnownUnasked(now) ? Socks4Reply.WrongUser : Socks4Reply.NotIdentified;
    }

    private async ValueTask ReplyAndCloseAsync(InboundConnection connection, Socks4Reply reply, CancellationToken cancellationToken)
    {
        await connection.Stream.WriteAsync(Socks4Request.Bytes(reply), cancellationToken).ConfigureAwait(false);
        await LingeringClose.RunAsync(connection.Stream, time, cancellationToken).ConfigureAwait(false);
    }
}
