using System.Buffers;
using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Shadowsocks;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Shadowsocks;

/// <summary>A Shadowsocks server (SIP004, SIP007, SIP022, SIP023). Whoever cannot make a request learns nothing: its connection is read until it ends it, or
/// until the time for a handshake is over, which is the same for a client that has not sent enough.</summary>
internal sealed class ShadowsocksInbound : IInbound
{
    /// <summary>What its clients speak (<see cref="RequestInfo.Protocol"/>).</summary>
    public const string Protocol = "shadowsocks";

    private const int DrainSize = 4096;

    private readonly ShadowsocksInboundConfig _config;
    private readonly ShadowsocksMethod _method;
    private readonly byte[] _key;
    private readonly UsersInForce _users;
    private readonly TimeProvider _time;
    private readonly EngineLog _log;
    private readonly ServerCounters _counters;
    private readonly InboundStates _states;
    private readonly ShadowsocksState _state;
    private readonly ShadowsocksUdpServer _udp;
    private volatile ShadowsocksRing? _ring;

    /// <param name="config">The inbound.</param>
    /// <param name="states">What it remembers.</param>
    /// <param name="associations">Lets associations in.</param>
    /// <param name="counters">The server's counters.</param>
    /// <param name="log">The log.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProxyException">Method or password are not valid, which only a configuration made in code can have.</exception>
    public ShadowsocksInbound(
        ShadowsocksInboundConfig config, InboundStates states, UdpAdmission associations, ServerCounters counters, EngineLog log, TimeProvider time)
    {
        (_config, _time, _log, _counters, _states) = (config, time, log, counters, states);
        _method = ShadowsocksMethods.Find(config.Method)
            ?? throw new ProxyException(ProxyError.InvalidConfiguration, $"inbound {config.Name}: there is no method {config.Method}");
        if (!ShadowsocksKeyText.TryRead(_method, config.Password.Reveal(), out byte[][]? keys, out string? problem) || keys.Length > 1)
            throw new ProxyException(ProxyError.InvalidConfiguration, $"inbound {config.Name}: {problem ?? "expected one key"}");
        _key = keys[0];
        _users = states.Users.Of(config);
        _state = states.Shadowsocks.Of(config.Name, _method);
        Datagrams = new ShadowsocksDatagrams(config, _method, Ring, _state, log, time);
        _udp = new ShadowsocksUdpServer(config, _state, associations, counters, time);
    }

    public IReadOnlyList<ListenPort> Listen(IPEndPoint configured) =>
        _config.Udp ? [new StreamPort(configured), new DatagramPort(configured)] : [new StreamPort(configured)];

    public IDatagramOpener Datagrams { get; }

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        ShadowsocksRing ring = Ring();
        ShadowsocksHandshake handshake = new(ring.Keys, _state.Salts, _time);
        (ShadowsocksRequest? request, ShadowsocksFailure? failure) =
            await ReadAsync(handshake, connection, ring, cancellationToken).ConfigureAwait(false);
        if (request is not null && !await IsNewInFleetAsync(request, cancellationToken).ConfigureAwait(false))
        {
            request.Opener.Dispose();
            (request, failure) = (null, ShadowsocksFailure.RepeatedInFleet);
        }
        // A reload may have come meanwhile.
        ShadowsocksRing now = Ring();
        LoginResult? login = request is null ? LoginResult.Wrong
            : now == ring ? ring.LoginOf(request.User, connection.Client.Address) : now.LoginOfKey(request.Key, connection.Client.Address);
        if (request is null || login is { IsOk: false })
        {
            request?.Opener.Dispose();
            if (failure is not null || request is not null) Tell(connection, failure ?? FailureOf(login!.Value));
            await DrainAsync(connection, cancellationToken).ConfigureAwait(false);
            // Behind the drain: a client that is locked out loses its connection, which would tell how much it had sent.
            CountLogin(connection, now, login!.Value);
            return;
        }
        if (login is { } user && !connection.Enter(now.Users, user))
        {
            request.Opener.Dispose();
            return;
        }
        connection.HandshakeCompleted();
        ShadowsocksStream stream = new(
            connection.Reader.Detach(), new ShadowsocksSealer(_method, request.Key, _time, request.Salt), request.Opener);
        await using (stream.ConfigureAwait(false))
        {
            ShadowsocksTcpRequest asked = new(request.First.IsEmpty ? stream : new PrefixedStream(request.First, stream))
            {
                Info = connection.Request(Protocol, request.Destination),
            };
            await dispatcher.ServeAsync(asked, connection, cancellationToken).ConfigureAwait(false);
        }
    }

    public ValueTask ServeDatagramsAsync(ClientDatagrams client, IDispatcher dispatcher, CancellationToken cancellationToken) =>
        _udp.ServeAsync(client, dispatcher, cancellationToken);

    // The keys of the inbound and those of its users now.
    private ShadowsocksRing Ring()
    {
        UserDirectory users = _users.Now;
        if (_ring is { } ring && ring.Users == users) return ring;
        return _ring = new ShadowsocksRing(_method, _key, users);
    }

    private static async ValueTask<(ShadowsocksRequest?, ShadowsocksFailure?)> ReadAsync(
        ShadowsocksHandshake handshake, InboundConnection connection, ShadowsocksRing ring, CancellationToken cancellationToken)
    {
        try
        {
            return await handshake.ReadAsync(connection.Reader, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The time is over, or the client has gone: it counts as one that could not be understood does.
            CountLogin(connection, ring, LoginResult.Wrong);
            throw;
        }
    }

    private async ValueTask<bool> IsNewInFleetAsync(ShadowsocksRequest request, CancellationToken cancellationToken)
    {
        if (_states.FleetReplays is not { } fleet) return true;
        ReplayKind kind = _method.Is2022() ? ReplayKind.TimedShadowsocks : ReplayKind.Shadowsocks;
        try
        {
            return await fleet.TryAddAsync(ReplayMark.Of(kind, request.Key, request.Salt), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            request.Opener.Dispose();
            throw;
        }
    }

    private static ShadowsocksFailure FailureOf(LoginResult login) =>
        new(login.Identity is { } identity ? $"its user {identity.Name} {login.Reason}" : "its address is no user's");

    private void Tell(InboundConnection connection, ShadowsocksFailure failure)
    {
        _counters.CountRefusedHandshake(connection.Inbound);
        _log.NotLetIn(connection.Inbound, connection.Client, failure.Reason);
        if (failure.Skew is { } skew && _state.MayTellClock(connection.Client.Address)) _log.ClockApart(connection.Inbound, connection.Client, skew);
    }

    private static async ValueTask DrainAsync(InboundConnection connection, CancellationToken cancellationToken)
    {
        DuplexStream stream = connection.Stream;
        try
        {
            while (true)
            {
                // No buffer is held while nothing comes.
                await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                byte[] buffer = ArrayPool<byte>.Shared.Rent(DrainSize);
                try
                {
                    if (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) == 0) return;
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The time is over.
        }
    }

    // A connection that has sent nothing has tried nothing.
    private static void CountLogin(InboundConnection connection, ShadowsocksRing ring, LoginResult login)
    {
        if (!ring.Users.IsEmpty && connection.Reader.HasRead) connection.Enter(ring.Users, login);
    }
}
