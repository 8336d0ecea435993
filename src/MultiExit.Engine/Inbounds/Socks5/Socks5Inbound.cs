using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks4;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Socks5;

/// <summary>The SOCKS5 server (RFC 1928, RFC 1929).</summary>
internal sealed class Socks5Inbound(
    Socks5Options options, UsersInForce users, ITransport transport, TimeProvider time, UdpAdmission associations, EngineLog log) : IInbound
{
    /// <summary>What requests are said to come by (<see cref="RequestInfo.Protocol"/>).</summary>
    public string Protocol { get; init; } = "socks5";

    /// <summary>Serves clients that speak SOCKS4; null: they are not served.</summary>
    public IInbound? Socks4 { get; init; }

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        HandshakeReader reader = connection.Reader;
        if (reader.Unread.IsEmpty && !await reader.ReadMoreAsync(Socks5Handshake.ReadLimit, cancellationToken).ConfigureAwait(false)) return;
        if (reader.Unread[0] == Socks4RequestMessage.Version)
        {
            if (Socks4 is null) throw Violation("the client speaks SOCKS4, which `socks4: true` takes");
            await Socks4.ServeAsync(connection, dispatcher, cancellationToken).ConfigureAwait(false);
            return;
        }
        ParseStatus status;
        Socks5Method method;
        while ((status = Socks5Handshake.ReadGreeting(connection, users.Now, out method)) == ParseStatus.NeedMore)
            if (!await reader.ReadMoreAsync(Socks5Handshake.ReadLimit, cancellationToken).ConfigureAwait(false)) return;
        if (status == ParseStatus.Invalid) throw Violation("the first byte is not SOCKS version 5");
        await reader.Stream.WriteAsync(Socks5Replies.Method(method), cancellationToken).ConfigureAwait(false);
        if (method == Socks5Method.NoneAcceptable)
            throw await RefusedAsync(connection, users.Now.IsEmpty
                ? "the client does not offer to go without authentication"
                : "the client does not offer user and password", cancellationToken).ConfigureAwait(false);

        if (method == Socks5Method.UserPassword && !await LogInAsync(connection, cancellationToken).ConfigureAwait(false)) return;

        Socks5Command command;
        Destination? destination;
        Socks5Reply? error;
        while ((status = Socks5Handshake.ReadRequest(reader, out command, out destination, out error)) == ParseStatus.NeedMore)
            if (!await reader.ReadMoreAsync(Socks5Handshake.ReadLimit, cancellationToken).ConfigureAwait(false)) return;
        connection.HandshakeCompleted();
        if (destination is null)
        {
            if (error is null) throw Violation("the request is not of SOCKS version 5");
            await ReplyAndCloseAsync(connection, error.Value, cancellationToken).ConfigureAwait(false);
            throw Violation("the address of the request is malformed");
        }

        RequestInfo info = connection.Request(Protocol, destination, command == Socks5Command.UdpAssociate ? Network.Udp : Network.Tcp);
        switch (command)
        {
            case Socks5Command.Connect:
                Socks5Request request = new(reader.Detach()) { Info = info };
                await dispatcher.ServeAsync(request, connection, cancellationToken).ConfigureAwait(false);
                if (request.Rejected) await LingeringClose.RunAsync(connection.Stream, time, cancellationToken).ConfigureAwait(false);
                break;
            case Socks5Command.UdpAssociate when options.Udp:
                await AssociateAsync(info, connection, dispatcher, cancellationToken).ConfigureAwait(false);
                break;
            case Socks5Command.Bind when options.Bind:
                await new BindOperation(info, connection, transport, options.BindTimeout, time).RunAsync(dispatcher, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await ReplyAndCloseAsync(connection, Socks5Reply.CommandNotSupported, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    // False: the client has gone.
    private async ValueTask<bool> LogInAsync(InboundConnection connection, CancellationToken cancellationToken)
    {
        HandshakeReader reader = connection.Reader;
        ParseStatus status;
        byte[] name;
        byte[] password;
        while ((status = Socks5Handshake.ReadCredentials(reader, out name, out password)) == ParseStatus.NeedMore)
            if (!await reader.ReadMoreAsync(Socks5Handshake.ReadLimit, cancellationToken).ConfigureAwait(false)) return false;
        bool known = false;
        ProxyException? failure = status == ParseStatus.Ok ? null : Violation("the credentials are malformed");
        try
        {
            known = failure is null && await connection.AuthenticateAsync(users, name, password, cancellationToken).ConfigureAwait(false);
        }
        catch (ProxyException exception) when (exception.Reason is ProxyError.Overloaded or ProxyError.BackEndUnavailable)
        {
            failure = exception;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
        await reader.Stream.WriteAsync(Socks5Replies.Auth(known), cancellationToken).ConfigureAwait(false);
        if (known) return true;
        ProxyException refused = await RefusedAsync(connection, "wrong user or password", cancellationToken).ConfigureAwait(false);
        throw failure ?? refused;
    }

    private async ValueTask AssociateAsync(RequestInfo info, InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        using UdpSeat? seat = associations.TryEnter(info.Inbound, info.Client, info.User, options.UdpPerUser, options.UdpTotal);
        using UdpSocket? socket = seat is null ? null : TryBind(info.Local.Address);
        if (socket is null)
        {
            await ReplyAndCloseAsync(connection, Socks5Reply.GeneralFailure, cancellationToken).ConfigureAwait(false);
            return;
        }
        IPAddress told = options.UdpAddress is { } configured && configured.AddressFamily == info.Local.AddressFamily
            ? configured
            : info.Local.Address;
        IPEndPoint bound = new(told, socket.LocalEndPoint.Port);
        UdpAssociation association = new(info, connection.Reader.Detach(), socket, options.UdpIdleTimeout, time, log);
        await association.RunAsync(bound, dispatcher, cancellationToken).ConfigureAwait(false);
    }

    private UdpSocket? TryBind(IPAddress address)
    {
        try
        {
            // The address that a client came in on is this host's, on an interface or not.
            return transport.BindUdp(new IPEndPoint(address, 0), new SocketRoute(FreeBind: OperatingSystem.IsLinux()));
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null; // no descriptor or no port left
        }
    }

    private async ValueTask ReplyAndCloseAsync(InboundConnection connection, Socks5Reply reply, CancellationToken cancellationToken)
    {
        await connection.Stream.WriteAsync(Socks5Replies.Of(reply), cancellationToken).ConfigureAwait(false);
        await LingeringClose.RunAsync(connection.Stream, time, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ProxyException> RefusedAsync(InboundConnection connection, string reason, CancellationToken cancellationToken)
    {
        await LingeringClose.RunAsync(connection.Stream, time, cancellationToken).ConfigureAwait(false);
        return new ProxyException(ProxyError.AccessRefused, $"SOCKS5: {reason}");
    }

    private static ProxyException Violation(string reason) => new(ProxyError.ProtocolViolation, $"SOCKS5: {reason}");
}
