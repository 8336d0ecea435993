using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Inbounds.Tunnel;

/// <summary>The server side of the tunnel (docs/protocols.md). A client that does not know the key gets the fallback, or silence.</summary>
internal sealed class TunnelInbound : IInbound
{
    private readonly TunnelInboundConfig _config;
    private readonly TunnelPsk[] _psks;
    private readonly UsersInForce _users;
    private readonly IReadOnlyList<SecretUse> _uses;
    private readonly TimeSpan _handshakeTimeout;
    private readonly TimeProvider _time;
    private readonly EngineLog _log;
    private readonly ServerCounters _counters;
    private readonly InboundStates _states;
    private readonly DeadlinePool _deadlines;
    private readonly ProberTrap _trap;
    private readonly TunnelSessionOptions _sessionOptions;
    private readonly CarrierSet _carriers = new();
    private volatile TunnelKeyRing? _ring;

    /// <exception cref="ProxyException">The text of a key is not valid, or there is no key.</exception>
    public TunnelInbound(
        TunnelInboundConfig config, LimitsConfig limits, ServerMemory memory, TimeProvider time, EngineLog log, ServerCounters counters, InboundStates states)
    {
        _states = states;
        _config = config;
        _psks = [.. config.Keys.Select(key => TunnelPsk.TryCreate(key.Reveal(), out TunnelPsk? psk) ? psk
            : throw new ProxyException(ProxyError.InvalidConfiguration, $"inbound {config.Name}: a key is empty, or not 32 bytes behind base64:"))];
        _users = states.Users.Of(config);
        if (_psks.Length == 0 && config.Users.Count == 0) throw new ProxyException(ProxyError.InvalidConfiguration, $"inbound {config.Name}: it has no key");
        _uses = states.Secrets.Of(config.Name, config.Keys);
        _handshakeTimeout = limits.HandshakeTimeout;
        _time = time;
        _log = log;
        _counters = counters;
        _deadlines = new DeadlinePool(time);
        _trap = new ProberTrap(config.Fallback, time);
        _sessionOptions = new TunnelSessionOptions { MaxStreams = config.MaxStreams, MaxDelay = config.Delay, Server = memory }.Within(limits.SessionMemory);
    }

    public bool Admits(IPEndPoint client) =>
        _states.Handshakes.TryBegin(_config.Name, client.Address, _config.HandshakesPerClient);

    public async ValueTask ServeAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        // The time-out is kept here: when it expires, a prober must get the fallback and not a reset.
        connection.HandshakeCompleted();
        using SilentClient silent = new(connection, _trap, _time, _handshakeTimeout);
        if (_config.Fallback is not null && !await silent.WaitAsync(dispatcher, cancellationToken).ConfigureAwait(false)) return;
        TunnelKeyRing ring = KeyRing();
        (TunnelHandshakeStatus status, TunnelHello hello, int key, long now) =
            await ReadHelloAsync(connection, ring, cancellationToken).ConfigureAwait(false);
        string? refusal = connection.Stream is TlsStream { IsTls13: false } ? "it speaks TLS 1.2"
            : Judge(status, hello, ring.Keys.Keys.Count, now)
                ?? await JudgeInFleetAsync(hello, ring.Keys.Keys[key], cancellationToken).ConfigureAwait(false) ?? Enter(connection, ring, key);
        if (refusal is not null)
        {
            // Without a fallback there is nobody whom a scanner could lock out of a web site.
            if (status == TunnelHandshakeStatus.BadMac && _config.Fallback is null && !ring.Users.IsEmpty) connection.Enter(ring.Users, LoginResult.Wrong);
            _counters.CountRefusedHandshake(connection.Inbound);
            _log.NotLetIn(connection.Inbound, connection.Client, refusal);
            if (!await silent.KeepAsync().ConfigureAwait(false)) await _trap.ServeAsync(connection, dispatcher, cancellationToken).ConfigureAwait(false);
            return;
        }
        silent.Take();
        if (!MayBeReplayed(hello)) _states.Handshakes.Proved(_config.Name, connection.Client.Address);
        SecretUse? use = key < _psks.Length ? _uses[key] : null;
        if (use is not null) connection.Login = "key";
        if (use is not null && key > 0) _log.OlderSecretUsed(connection.Inbound, connection.Client, "key", key);
        use?.Begin(_time.GetUtcNow());
        try
        {
            await ServeCarrierAsync(connection, dispatcher, hello, ring.Keys.Keys[key], cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            use?.End();
        }
    }

    public async ValueTask ServePlainAsync(InboundConnection connection, IDispatcher dispatcher, CancellationToken cancellationToken)
    {
        connection.HandshakeCompleted();
        _counters.CountRefusedHandshake(connection.Inbound);
        _log.NotLetIn(connection.Inbound, connection.Client, "it speaks no TLS");
        await _trap.ServePlainAsync(connection, dispatcher, cancellationToken).ConfigureAwait(false);
    }

    public IReadOnlyList<SecretStatus> Secrets => [.. _uses.Select((use, i) => use.GetStatus(i))];

    public Task Drained => _carriers.Drained;

    public void Drain() => _carriers.Drain();

    // The keys of the inbound and those of its users now.
    private TunnelKeyRing KeyRing()
    {
        UserDirectory users = _users.Now;
        if (_ring is { } ring && ring.Users == users) return ring;
        return _ring = new TunnelKeyRing(new TunnelKeySet([.. _psks, .. users.Keys]), users);
    }

    // Null when the key is common to all, or its user may come in. A certificate that belongs to a user counts beside either.
    private string? Enter(InboundConnection connection, TunnelKeyRing ring, int key)
    {
        if (key < _psks.Length) return connection.EnterWithCommonSecret(ring.Users) ? null : "the user of its certificate may not come in";
        LoginResult login = ring.Users.ByKey(key - _psks.Length);
        if (connection.Enter(ring.Users, login)) return null;
        string user = login.Identity!.Name;
        return login.Reason is { } reason ? $"its user {user} {reason}" : $"it has the key of {user}, and not its certificate";
    }

    // The message stays unread in the reader: a fallback gets every byte.
    private async ValueTask<(TunnelHandshakeStatus Status, TunnelHello Hello, int Key, long Now)> ReadHelloAsync(
        InboundConnection connection, TunnelKeyRing ring, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_handshakeTimeout, cancellationToken);
        try
        {
            while (true)
            {
                long now = Now;
                // From here on, a hello spends from the budget of all clients, right or wrong: neither can the MAC be guessed faster, nor do many keys
                // cost more time than that.
                if (TunnelHandshake.IsWhole(connection.Reader.Unread)
                    && !_states.Handshakes.TryHello(_config.Name, connection.Client.Address, _config.Handshakes))
                    return (TunnelHandshakeStatus.TooFast, default, -1, now);
                TunnelHandshakeStatus status = TunnelHandshake.ReadClient(connection.Reader.Unread, ring.Keys, now, out TunnelHello hello, out int key);
                // With a fallback, a client that sends less than a handshake in one piece is answered by it at once, as by any web server.
                if (status != TunnelHandshakeStatus.NeedMore || _config.Fallback is not null) return (status, hello, key, now);
                if (!await connection.Reader.ReadMoreAsync(TunnelHandshake.Length, deadline.Token).ConfigureAwait(false))
                    return (TunnelHandshakeStatus.NeedMore, default, -1, now);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (TunnelHandshakeStatus.NeedMore, default, -1, Now);
        }
    }

    // Null when the client may come in. The sentence is for the server's log only. One time for all checks: a handshake that is within the
    // window for one of them is within it for the others.
    private string? Judge(TunnelHandshakeStatus status, TunnelHello hello, int keys, long now) => status switch
    {
        TunnelHandshakeStatus.NeedMore => "it ended, fell silent or said something else before its handshake was whole",
        TunnelHandshakeStatus.BadVersion => "it speaks another protocol, or another version",
        TunnelHandshakeStatus.TooFast =>
            $"handshakes come faster than `handshakes` ({_config.Handshakes}/s) allows",
        TunnelHandshakeStatus.BadMac => "it does not know the key",
        TunnelHandshakeStatus.BadTime =>
            $"it knows the key, but its clock differs by {Skew(hello.Timestamp, now)} s and {TunnelHandshake.MaxClockSkew} s are allowed: "
            + "set the clocks right; if they are right, it is a replay",
        TunnelHandshakeStatus.Ok when !_config.Methods.Contains((TunnelMethodName)hello.Method) =>
            $"it asks for the method {hello.Method}, which is not allowed here",
        TunnelHandshakeStatus.Ok when hello.Method == TunnelMethod.TlsOnly && !TunnelInboundConfig.TakesTlsOnly(keys) =>
            $"it asks for the method tls, which an inbound with {keys} keys does not take",
        TunnelHandshakeStatus.Ok when !TunnelFrameCipher.IsSupported(hello.Method) => $"it asks for the method {hello.Method}, which this system does not have",
        // With an AEAD whoever replays a message can make no frame, so a client with a slow clock may come in at once.
        TunnelHandshakeStatus.Ok when hello.Method == TunnelMethod.TlsOnly && MayBeReplayed(hello) =>
            $"its handshake is dated {Skew(hello.Timestamp, now)} s ago, before this server's start, and may be a replay: "
            + "with the method `tls` a client comes in once its clock has passed that start",
        TunnelHandshakeStatus.Ok when !_states.Replays.TryAdd(hello.Random, hello.Timestamp, now) =>
            "its handshake was seen before (a replay), or the replay cache is full",
        TunnelHandshakeStatus.Ok => null,
        _ => $"its handshake is wrong ({status})",
    };

    // As in Judge: a replay has no use where there is an AEAD.
    private async ValueTask<string?> JudgeInFleetAsync(TunnelHello hello, TunnelPsk psk, CancellationToken cancellationToken) =>
        hello.Method != TunnelMethod.TlsOnly || _states.FleetReplays is not { } fleet
        || await fleet.TryAddAsync(ReplayMark.OfTunnelHello(psk.Master, hello.Random), cancellationToken).ConfigureAwait(false)
            ? null : "another node of the fleet has answered its handshake (a replay)";

    private async ValueTask ServeCarrierAsync(
        InboundConnection connection, IDispatcher dispatcher, TunnelHello client, TunnelPsk psk, CancellationToken cancellationToken)
    {
        TunnelHello server = new(
            client.Method, (client.Flags & TunnelFlags.Padding) | (_config.Padding ? TunnelFlags.Padding : TunnelFlags.None),
            TunnelRandoms.Next(), Now);
        byte[] answer = new byte[TunnelHandshake.Length];
        TunnelHandshake.WriteServer(answer, psk, connection.Reader.Unread[..TunnelHandshake.Length], server);
        connection.Reader.Advance(TunnelHandshake.Length);
        await connection.Stream.WriteAsync(answer, cancellationToken).ConfigureAwait(false);
        TunnelFrameSealer sealer = new(server.Method, server.Flags, new TunnelKeys(psk, client.Random, server.Random, TunnelDirection.ServerToClient));
        TunnelFrameOpener opener = new(server.Method, server.Flags, new TunnelKeys(psk, client.Random, server.Random, TunnelDirection.ClientToServer));
        TunnelSession? session = null;
        TunnelStreamServer streams = new(connection, "tunnel", dispatcher, _log);
        session = new TunnelSession(connection.Reader.Detach(), sealer, opener, _sessionOptions, _time, open => streams.ServeAsync(session!, open))
        {
            Warn = text => _log.CarriedSessionEnded(connection.Inbound, connection.Client, text),
        };
        await _carriers.RunAsync(session, session.RunAsync).ConfigureAwait(false);
        if (session.Failure is ProxyException violation) throw new ProxyException(violation.Reason, violation.Message, violation);
    }

    // Whether it may have been sent to another server, or to this one before a restart.
    private bool MayBeReplayed(TunnelHello hello) => _states.Opening.IsAfter(hello.GetTime());

    // The MAC proves that the time was written with the key, not that it makes sense.
    private static UInt128 Skew(long theirs, long ours) => (UInt128)Int128.Abs((Int128)theirs - ours);

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();
}
