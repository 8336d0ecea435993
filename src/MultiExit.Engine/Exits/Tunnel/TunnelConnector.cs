using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Tunnel;

/// <summary>Opens carriers to one tunnel server: dial, TLS with a name to show, handshake.</summary>
internal sealed class TunnelConnector
{
    private readonly TunnelExitConfig _config;
    private readonly ProxyDialer _dialer;
    private readonly TunnelPsk _psk;
    private readonly TimeProvider _time;
    private readonly TunnelSessionOptions _options;

    /// <exception cref="ProxyException">The text of the key is not valid, or the CA file cannot be read.</exception>
    public TunnelConnector(
        TunnelExitConfig config, IExit via, long memory, TimeSpan timeout, TimeProvider time, IEchConfigSource? echConfigs = null, Action? authenticated = null,
        ServerMemory? server = null)
    {
        _config = config;
        _time = time;
        if (!TunnelPsk.TryCreate(config.Key.Reveal(), out _psk!))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"exit {config.Name}: the key is empty, or not 32 bytes behind base64:");
        Tls = new TlsClient(
            (config.Tls ?? new TlsClientConfig()) with
            {
                CaFile = config.CaFile, Pins = config.Pins, Check = CheckOf(config), OnlyTls13 = true, Ech = config.Ech,
            },
            config.Server, echConfigs) { Authenticated = authenticated };
        // No retries: the pool of the carriers opens the next one, after pauses of its own.
        _dialer = new ProxyDialer("the tunnel server", config.Server, via, Tls, config.Timeout ?? timeout, retries: 0, time);
        _options = new TunnelSessionOptions
        {
            PingInterval = config.PingInterval, PingTimeout = config.PingTimeout, MaxDelay = config.Delay, Server = server,
        }.Within(memory);
    }

    /// <summary>TLS towards the server.</summary>
    public TlsClient Tls { get; }

    /// <summary>Takes a line for the log.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>The requests that are being dialed through its carriers.</summary>
    public CarriedHops Hops { get; } = new();

    /// <inheritdoc cref="ProxyDialer.Explain"/>
    public ExitExplanation Explain(IExit exit, ExplainStep step) => _dialer.Explain(exit, step);

    /// <summary>Opens a carrier and starts to serve it.</summary>
    /// <exception cref="CarrierException">The server cannot be reached, does not prove that it knows the key, or its certificate is not the
    /// one expected.</exception>
    public async Task<TunnelSession> ConnectAsync(CancellationToken cancellationToken)
    {
        string? shown = _config.ServerNames.Count == 0 ? null : _config.ServerNames[Random.Shared.Next(_config.ServerNames.Count)];
        DialTrace trace = new();
        DialContext context = new() { Carried = Hops, Trace = trace };
        ProxyDial<TunnelSession> dial = await _dialer
            .RunAsync<TunnelSession>(context, HandshakeAsync, cancellationToken, shownName: shown).ConfigureAwait(false);
        if (dial.Succeeded) dial.Value.Left = trace.Carrier;
        return dial.Succeeded ? dial.Value : throw new CarrierException(dial.Failure, dial.Reason);
    }

    private async ValueTask<ProxyDial<TunnelSession>> HandshakeAsync(ProxyConnection proxy, CancellationToken cancellationToken)
    {
        HandshakeReader reader = proxy.Reader;
        TunnelHello client = TunnelHello.OfClient(
            (TunnelMethod)_config.Method, _config.Padding ? TunnelFlags.Padding : TunnelFlags.None, TunnelRandoms.Next(), _time.GetUtcNow());
        byte[] message = new byte[TunnelHandshake.Length];
        TunnelHandshake.WriteClient(message, _psk, client);
        await reader.Stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        TunnelHandshakeStatus status;
        TunnelHello server;
        while ((status = TunnelHandshake.ReadServer(reader.Unread, _psk, message, out server)) == TunnelHandshakeStatus.NeedMore)
        {
            if (!await reader.ReadMoreAsync(TunnelHandshake.Length, cancellationToken).ConfigureAwait(false)) break;
        }
        if (status != TunnelHandshakeStatus.Ok) return new(null, DialFailure.ProxyAuthenticationFailed, NotOurs(status));
        reader.Advance(TunnelHandshake.Length);
        TunnelKeys up = new(_psk, client.Random, server.Random, TunnelDirection.ClientToServer);
        TunnelKeys down = new(_psk, client.Random, server.Random, TunnelDirection.ServerToClient);
        TunnelFrameSealer sealer = new(server.Method, server.Flags, up);
        TunnelFrameOpener opener = new(server.Method, server.Flags, down);
        TunnelSession session = new(reader.Detach(), sealer, opener, _options, _time) { Warn = Warn };
        _ = session.RunAsync();
        return new(session);
    }

    // A server does not answer a prober, so this side can only name what may be wrong; the server's log says what is wrong.
    private string NotOurs(TunnelHandshakeStatus status) =>
        $"{_config.Server} did not answer the handshake as a tunnel server with our key ({status}): the key may differ, this clock may be "
        + $"more than {TunnelHandshake.MaxClockSkew} s off{(_config.Method == TunnelMethodName.Tls ? ", or behind while that server has just started" : "")}, "
        + "the method may not be allowed there, or it is another server";

    // With an AEAD of the frames the key proves the server, whatever the certificate; with TLS alone the certificate has to.
    private static CertificateCheck CheckOf(TunnelExitConfig config) =>
        config.Pins.Count > 0 ? CertificateCheck.Pin
        : config.CaFile is not null || config.Method == TunnelMethodName.Tls ? CertificateCheck.Chain
        : CertificateCheck.None;
}
