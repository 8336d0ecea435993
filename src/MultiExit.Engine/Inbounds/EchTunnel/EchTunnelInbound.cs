using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds.Http;
using MultiExit.Engine.Inbounds.Tunnel;
using MultiExit.Engine.Inbounds.WebSocket;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Inbounds.EchTunnel;

/// <summary>The server side of the ECH tunnel (docs/protocols.md): the plain format for deployed clients, the tunnel's frames for
/// MultiExit.</summary>
internal sealed class EchTunnelInbound(
    EchTunnelInboundConfig config, long sessionMemory, ServerMemory memory, TimeProvider time, EngineLog log, InboundStates states) : IInbound
{
    private static readonly WebSocketOptions PlainOptions = new()
    {
        IsServer = true, Gathers = true, MaxMessage = EchTunnelWire.MaxMessage,
        // Clients ping every 10 s, so a silent one is pinged late. They may stop reading: one stalled reader blocks a deployed client.
        PingInterval = TimeSpan.FromSeconds(30), PingTimeout = TimeSpan.FromSeconds(20), SilenceLimit = EchTunnelCarrier.SilenceLimit,
    };

    // The frames have pings of their own.
    private static readonly WebSocketOptions FrameOptions = new() { IsServer = true, HalfClose = true, PingInterval = TimeSpan.Zero };

    private readonly TunnelSessionOptions _sessionOptions = new TunnelSessionOptions { MaxStreams = config.MaxStreams, Server = memory }.Within(sessionMemory);
    private readonly AddressPrefixSet? _allow = config.Allow.Count == 0 ? null : new AddressPrefixSet(config.Allow);
    private readonly UsersInForce _users = states.Users.Of(config);
    private readonly IReadOnlyList<SecretUse> _uses = states.Secrets.Of(config.Name, config.Tokens);
    private readonly CarrierSet _carriers = new();
    private readonly ConcurrentDictionary<Guid, EchTunnelServerCarrier> _ids = new();
    private readonly ConcurrentDictionary<EchTunnelServerCarrier, IPAddress> _plain = new(); // with the address of the carrier's client
    private Succession? _succession;

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        if (await WebSocketUpgrade.ReadAsync(connection.Reader, time, cancellationToken).ConfigureAwait(false) is not { } upgrade) return;
        connection.HandshakeCompleted();
        Secret? given = upgrade.Request.Protocol is { } text ? new Secret(Encoding.Latin1.GetBytes(text)) : null;
        HttpAnswer? refusal;
        int token;
        try
        {
            (refusal, token) = await JudgeAsync(connection, upgrade, given, cancellationToken).ConfigureAwait(false);
        }
        catch (ProxyException exception) when (exception.Reason is ProxyError.Overloaded or ProxyError.BackEndUnavailable)
        {
            await WebSocketUpgrade.RefuseAsync(connection.Stream, new(503, exception.Message), time, cancellationToken).ConfigureAwait(false);
            throw;
        }
        if (refusal is not null)
        {
            await WebSocketUpgrade.RefuseAsync(connection.Stream, refusal, time, cancellationToken).ConfigureAwait(false);
            throw new ProxyException(ProxyError.AccessRefused, $"HTTP {refusal.Status}: {refusal.Text}");
        }
        bool frames = upgrade.Request.Extensions.Contains(EchTunnelWire.FramesExtension, StringComparer.OrdinalIgnoreCase);
        connection.Reader.Advance(upgrade.Length);
        bool tokenTaken = given is not null && (token >= 0 || connection.Identity is not null);
        await connection.Stream.WriteAsync(
            WebSocketResponse.Format(upgrade.Request.Key, tokenTaken ? upgrade.Request.Protocol : null, frames ? EchTunnelWire.FramesExtension : null),
            cancellationToken).ConfigureAwait(false);
        WebSocketConnection socket = new(connection.Reader.Detach(), frames ? FrameOptions : PlainOptions, time);
        if (token > 0) log.OlderSecretUsed(connection.Inbound, connection.Client, "token", token);
        if (token >= 0) connection.Login = "token";
        SecretUse? use = token < 0 ? null : _uses[token];
        use?.Begin(time.GetUtcNow());
        try
        {
            if (frames) await ServeFramesAsync(socket, connection, dispatcher).ConfigureAwait(false);
            else await ServePlainAsync(socket, connection, dispatcher, given).ConfigureAwait(false);
        }
        finally
        {
            use?.End();
        }
    }

    public IReadOnlyList<SecretStatus> Secrets => [.. _uses.Select((use, i) => use.GetStatus(i))];

    public Task Drained => _carriers.Drained;

    public void ReplacedBy(InboundSuccessor successor) =>
        Succession.ReplacedBy(successor, (successor.Inbound as EchTunnelInbound)?.Succession ?? new Succession(successor.Inbound));

    private Succession Succession => LazyInitializer.EnsureInitialized(ref _succession, () => new Succession(this));

    public void Drain() => _carriers.Drain();

    // The target holds path and query.
    private static string PathOf(WebSocketUpgrade upgrade) => upgrade.Head.Target.Path.Split('?')[0];

    // With the token's place among those common to all; -1 when the client gave none of them.
    private async ValueTask<(HttpAnswer? Refusal, int Token)> JudgeAsync(
        InboundConnection connection, WebSocketUpgrade upgrade, Secret? given, CancellationToken cancellationToken)
    {
        if (_allow?.Contains(connection.Client.Address) == false) return (new(403, "this address may not come in"), -1);
        if (!PathOf(upgrade).Equals(config.Path, StringComparison.Ordinal)) return (new(404, "there is nothing here"), -1);
        // Before the token: a page must not be able to guess it, nor to have the user of the browser locked out by wrong ones.
        if (PageOrigins.Refusal(upgrade.Request, config.Origins) is { } refusal) return (refusal, -1);
        UserDirectory users = _users.Now;
        if (config.Tokens.Count == 0 && users.IsEmpty) return (null, -1);
        // A client that gives no token has not guessed.
        if (given is null) return (connection.EnterUnasked(users) ? null : new(401, "a token is needed"), -1);
        int token = SecretUses.IndexOf(config.Tokens, given.Reveal());
        if (token >= 0)
        {
            // The other list as well, so that the time does not tell in which of them a token stands.
            _ = users.ByToken(given.Reveal());
            return (connection.EnterWithCommonSecret(users) ? null : new(401, "a token is needed"), token);
        }
        LoginResult login = await _users.ByTokenAsync(given.Reveal().ToArray(), connection.Client.Address, cancellationToken).ConfigureAwait(false);
        // The users of now: a reload may have come meanwhile.
        return (connection.Enter(_users.Now, login) ? null : new(401, "a token is needed"), -1);
    }

    private async ValueTask ServeFramesAsync(WebSocketConnection socket, InboundConnection connection, IDispatcher dispatcher)
    {
        TunnelSession? session = null;
        TunnelStreamServer streams = new(connection, "ech-tunnel", dispatcher, log);
        session = new TunnelSession(
            new WebSocketStream(socket), TunnelFrameSealer.Unprotected(), TunnelFrameOpener.Unprotected(),
            _sessionOptions, time, open => streams.ServeAsync(session!, open))
        {
            Warn = text => log.CarriedSessionEnded(connection.Inbound, connection.Client, text),
        };
        await _carriers.RunAsync(session, session.RunAsync).ConfigureAwait(false);
        if (session.Failure is ProxyException violation) throw new ProxyException(violation.Reason, violation.Message, violation);
    }

    private async ValueTask ServePlainAsync(WebSocketConnection socket, InboundConnection connection, IDispatcher dispatcher, Secret? token)
    {
        EchTunnelSessionServer sessions = new(connection, () => DispatcherFor(connection, dispatcher, token), log);
        EchTunnelServerCarrier carrier = new(
            socket, _ids, _sessionOptions, time, text => log.CarriedSessionEnded(connection.Inbound, connection.Client, text), sessions.ServeAsync)
        {
            ClientHasAnotherWay = () => _plain.Any(other => other.Key.ReadingFor > TimeSpan.Zero && other.Value.Equals(connection.Client.Address)),
        };
        _plain[carrier] = connection.Client.Address;
        try
        {
            await _carriers.RunAsync(carrier, carrier.RunAsync).ConfigureAwait(false);
        }
        finally
        {
            _plain.TryRemove(carrier, out _);
        }
        if (carrier.Failure is ProxyException violation) throw new ProxyException(violation.Reason, violation.Message, violation);
    }

    // The plain format has no message to send a client away, so its sessions follow the configuration in force.
    private IDispatcher? DispatcherFor(InboundConnection connection, IDispatcher own, Secret? token)
    {
        if (Succession.Next is not { } next) return own;
        if (next.Inbound is not EchTunnelInbound inbound || !inbound.Takes(connection, config.Path, token)) return null;
        next.TakeOver(connection);
        return next.Dispatcher;
    }

    private bool Takes(InboundConnection connection, string path, Secret? token) =>
        _allow?.Contains(connection.Client.Address) != false && config.Path == path
        && IsStill(connection, _users.Now, token);

    // Whether a client would come in now as what it came in as.
    private bool IsStill(InboundConnection connection, UserDirectory users, Secret? token)
    {
        if (config.Tokens.Count == 0 && users.IsEmpty) return connection.Identity is null;
        // Who is known at a back-end is asked about where it logs in; a back-end that takes it back cuts it off.
        if (connection.Identity is { BackEndUser: not null } known) return users.HasOfBackEnd(known);
        bool isCommon = token is not null && SecretUses.IndexOf(config.Tokens, token.Reveal()) >= 0;
        bool isCertified = connection.HasUsersCertificate(users);
        if (connection.Identity is not { } identity) return isCommon && !isCertified;
        LoginResult login = isCertified && (token is null || isCommon) ? connection.ByCertificate(users)
            : token is null ? users.ByNetwork(connection.Client.Address) : users.ByToken(token.Reveal());
        return login.IsOk && login.Identity!.Name == identity.Name;
    }
}
