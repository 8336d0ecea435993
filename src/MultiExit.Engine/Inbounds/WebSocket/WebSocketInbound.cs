using System.Text;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Inbounds.WebSocket;

/// <summary>The WebSocket proxy (docs/protocols.md): the request names user and target. A client that offers the extension for half-close gets
/// 101 once the target is connected, another one before: deployed clients hang for ever after any other answer.</summary>
/// <param name="ping">Signs of life.</param>
/// <param name="users">The users that may come in.</param>
/// <param name="trueAnswers">Whether every client gets its answer once the dial is over.</param>
/// <param name="time">The clock.</param>
internal sealed class WebSocketInbound(WebSocketPing ping, UsersInForce users, bool trueAnswers, TimeProvider time) : IInbound
{
    /// <summary>The origins of web pages that may come in.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        WebSocketUpgrade? upgrade = await WebSocketUpgrade.ReadAsync(connection.Reader, time, cancellationToken).ConfigureAwait(false);
        if (upgrade is null) return;
        // Before the credentials: a page must not be able to guess them, nor to have the user of the browser locked out by wrong ones.
        if (PageOrigins.Refusal(upgrade.Request, Origins) is { } refusal)
        {
            await WebSocketUpgrade.RefuseAsync(connection.Stream, refusal, time, cancellationToken).ConfigureAwait(false);
            throw new ProxyException(ProxyError.AccessRefused, $"HTTP {refusal.Status}: {refusal.Text}");
        }
        WebSocketTarget target = WebSocketTarget.Parse(upgrade.Head, connection.Reader.Unread[..upgrade.Length]);
        connection.Reader.Advance(upgrade.Length);
        HttpFault fault;
        string? protocol;
        try
        {
            (fault, protocol) = await CheckAsync(connection, target, upgrade.Request.Protocol, cancellationToken).ConfigureAwait(false);
        }
        catch (ProxyException exception) when (exception.Reason is ProxyError.Overloaded or ProxyError.BackEndUnavailable)
        {
            await WebSocketUpgrade.RefuseAsync(connection.Stream, Answer(new(503, exception.Message)), time, cancellationToken).ConfigureAwait(false);
            throw;
        }
        if (!fault.IsNone)
        {
            await WebSocketUpgrade.RefuseAsync(connection.Stream, Answer(fault), time, cancellationToken).ConfigureAwait(false);
            throw new ProxyException(ErrorOf(fault), $"HTTP {fault.Status}: {fault.Text}");
        }
        connection.HandshakeCompleted();
        WebSocketOptions options = Options(upgrade.Request);
        bool early = !trueAnswers && !options.HalfClose;
        WebSocketProxyRequest request = new(connection.Reader.Detach(), upgrade.Request, options, early, time)
        {
            Info = connection.Request("websocket", target.Destination!), Protocol = protocol,
        };
        // The connection beneath is the listener's to dispose of; the WebSocket on it watches for signs of life until this end.
        await using (request.Connection.ConfigureAwait(false))
        {
            if (early) await request.SwitchAsync(cancellationToken).ConfigureAwait(false);
            await dispatcher.ServeAsync(request, connection, cancellationToken).ConfigureAwait(false);
        }
    }

    // Credentials first: a client without any learns nothing else. A name and a password come before a token, and either before certificate
    // and address.
    private async ValueTask<(HttpFault Fault, string? Protocol)> CheckAsync(
        InboundConnection connection, WebSocketTarget target, string? protocol, CancellationToken cancellationToken)
    {
        UserDirectory now = users.Now;
        if (now.IsEmpty) return (target.Fault, null);
        if (target.Username is not null || target.Password is not null)
        {
            bool isUser = await connection.AuthenticateAsync(users, target.Username, target.Password, cancellationToken).ConfigureAwait(false);
            return (isUser ? target.Fault : new(401, "wrong user name or password"), null);
        }
        // A page in a browser can set no field but this one.
        byte[]? token = !now.HasTokens ? null : target.Token ?? (protocol is null ? null : Encoding.Latin1.GetBytes(protocol));
        if (token is not null)
        {
            LoginResult login = await users.ByTokenAsync(token, connection.Client.Address, cancellationToken).ConfigureAwait(false);
            // The users of now: a reload may have come meanwhile.
            bool known = connection.Enter(users.Now, login);
            return (known ? target.Fault : new(401, "wrong token"), known && target.Token is null ? protocol : null);
        }
        // A client that gives no credentials has not guessed.
        return (connection.EnterUnasked(now) ? target.Fault : new(401, "a user name and a password are needed"), null);
    }

    private static ProxyError ErrorOf(HttpFault fault) => fault.Status == 401 ? ProxyError.AccessRefused : ProxyError.ProtocolViolation;

    // 401 comes with a challenge (RFC 9110 section 15.5.2); there is no registered scheme for these fields.
    private static HttpAnswer Answer(HttpFault fault) =>
        HttpAnswer.For(fault) with { Field = fault.Status == 401 ? ("WWW-Authenticate", "X-Proxy realm=\"multiexit\"") : null };

    private WebSocketOptions Options(WebSocketRequest request) => new()
    {
        IsServer = true,
        HalfClose = request.Extensions.Contains(WebSocketConnection.HalfClose, StringComparer.Ordinal),
        PingInterval = ping.Interval,
        PingTimeout = ping.Timeout,
    };
}
