using System.Security.Authentication;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Tls.Ech;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Tunnel;

/// <summary>Opens carriers to one tunnel server: dial, TLS with a name to show, handshake.</summary>
internal sealed class TunnelConnector
{
    private readonly TunnelExitConfig _config;
    private readonly IExit _via;
    private readonly TlsClient _tls;
    private readonly TunnelPsk _psk;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly TunnelSessionOptions _options;

    /// <exception cref="ProxyException">The key is not one, or the CA file cannot be read.</exception>
    public TunnelConnector(
        TunnelExitConfig config, IExit via, long memory, TimeSpan timeout, TimeProvider time, IEchConfigSource? echConfigs = null, Action? authenticated = null)
    {
        _config = config;
        _via = via;
        _timeout = config.Timeout ?? timeout;
        _time = time;
        if (!TunnelPsk.TryCreate(config.Key.Reveal(), out _psk!))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"exit {config.Name}: the key is empty, or not 32 bytes behind base64:");
        _tls = new TlsClient(
            new TlsClientConfig { CaFile = config.CaFile, Pins = config.Pins, Check = CheckOf(config), OnlyTls13 = true, Ech = config.Ech },
            config.Server, echConfigs) { Authenticated = authenticated };
        _options = new TunnelSessionOptions { PingInterval = config.PingInterval, PingTimeout = config.PingTimeout, MaxDelay = config.Delay }.Within(memory);
    }

    /// <summary>Opens a carrier and starts to serve it.</summary>
    /// <exception cref="IOException">The server cannot be reached.</exception>
    /// <exception cref="AuthenticationException">The server does not prove that it knows the key, or its certificate is not the one expected.</exception>
    public async Task<TunnelSession> ConnectAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await HandshakeAsync(await DialAsync(either.Token).ConfigureAwait(false), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"the tunnel server {_config.Server} did not finish its handshake within {DurationText.Seconds(_timeout)}");
        }
    }

    private async ValueTask<DuplexStream> DialAsync(CancellationToken cancellationToken)
    {
        string? shown = _config.ServerNames.Count == 0 ? null : _config.ServerNames[Random.Shared.Next(_config.ServerNames.Count)];
        return await _tls.ConnectAsync(ReachAsync, cancellationToken, shown).ConfigureAwait(false);
    }

    private async ValueTask<DuplexStream> ReachAsync(CancellationToken cancellationToken)
    {
        DialResult dial = await _via.DialAsync(_config.Server, new DialContext(), cancellationToken).ConfigureAwait(false);
        return dial.Succeeded ? dial.Connection : throw new IOException($"the tunnel server {_config.Server} cannot be reached: {dial.Detail}");
    }

    private async ValueTask<TunnelSession> HandshakeAsync(DuplexStream stream, CancellationToken cancellationToken)
    {
        HandshakeReader reader = new(stream);
        try
        {
            TunnelHello client = new(
                (TunnelMethod)_config.Method, _config.Padding ? TunnelFlags.Padding : TunnelFlags.None, TunnelRandoms.Next(),
                _time.GetUtcNow().ToUnixTimeSeconds());
            byte[] message = new byte[TunnelHandshake.Length];
            TunnelHandshake.WriteClient(message, _psk, client);
            await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
            TunnelHandshakeStatus status;
            TunnelHello server;
            while ((status = TunnelHandshake.ReadServer(reader.Unread, _psk, message, out server)) == TunnelHandshakeStatus.NeedMore)
            {
                if (!await reader.ReadMoreAsync(TunnelHandshake.Length, cancellationToken).ConfigureAwait(false)) break;
            }
            if (status != TunnelHandshakeStatus.Ok) throw NotOurs(status);
            reader.Advance(TunnelHandshake.Length);
            TunnelFrameSealer sealer = new(server.Method, server.Flags, new TunnelKeys(_psk, client.Random, server.Random, TunnelDirection.ClientToServer));
            TunnelFrameOpener opener = new(server.Method, server.Flags, new TunnelKeys(_psk, client.Random, server.Random, TunnelDirection.ServerToClient));
            TunnelSession session = new(reader.Detach(), sealer, opener, _options, _time);
            _ = session.RunAsync();
            return session;
        }
        catch
        {
            reader.Dispose();
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // A server tells a prober nothing, so this side can only name what may be wrong; the server's log names what is.
    private AuthenticationException NotOurs(TunnelHandshakeStatus status) => new(
        $"{_config.Server} did not answer the handshake as a tunnel server with our key ({status}): the key may differ, this clock may be "
        + $"more than {TunnelHandshake.MaxClockSkew} s off, the method may not be allowed there, or it is another server");

    // With an AEAD of its own the key proves the server, whatever the certificate; with TLS alone the certificate has to.
    private static CertificateCheck CheckOf(TunnelExitConfig config) =>
        config.Pins.Count > 0 ? CertificateCheck.Pin
        : config.CaFile is not null || config.Method == TunnelMethodName.Tls ? CertificateCheck.Chain
        : CertificateCheck.None;
}
