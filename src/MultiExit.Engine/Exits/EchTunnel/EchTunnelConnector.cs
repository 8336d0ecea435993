using System.Net;
using System.Security.Authentication;
using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.WebSocket;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Exits.EchTunnel;

/// <summary>Opens the carriers of one exit: dial, TLS, WebSocket; then the frames of the tunnel where the server agrees, else the plain format.</summary>
/// <param name="config">The exit.</param>
/// <param name="via">Where the server is reached through.</param>
/// <param name="tls">TLS to the server; null for none.</param>
/// <param name="memory">The most bytes that the sessions of a carrier may hold unread.</param>
/// <param name="timeout">How long opening a carrier may take.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Takes a line for the log.</param>
internal sealed class EchTunnelConnector(
    EchTunnelExitConfig config, IExit via, TlsClient? tls, long memory, TimeSpan timeout, TimeProvider time, Action<string> warn)
{
    private static readonly WebSocketOptions FrameOptions = new() { IsServer = false, HalfClose = true, PingInterval = TimeSpan.Zero };

    private readonly WebSocketOptions _plainOptions = new()
    {
        IsServer = false, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = config.PingInterval, PingTimeout = config.PingTimeout,
        SilenceLimit = EchTunnelCarrier.SilenceLimit,
    };

    private readonly TunnelSessionOptions _sessionOptions =
        new TunnelSessionOptions { PingInterval = config.PingInterval, PingTimeout = config.PingTimeout }.Within(memory);

    // Of all carriers together: slow readers have one each.
    private readonly MemoryBudget _budget = new(new TunnelSessionOptions().Within(memory).WindowBudget);

    /// <summary>Opens a carrier and starts to serve it.</summary>
    /// <param name="address">The address to dial; null: the server's name is resolved.</param>
    /// <param name="index">Its channel index.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="IOException">The server cannot be reached.</exception>
    /// <exception cref="AuthenticationException">The server refuses the token, or has not the certificate expected.</exception>
    public async Task<ICarrier> ConnectAsync(IPAddress? address, int index, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        Destination server = address is null ? config.Server : Destination.FromAddress(address, config.Server.Port);
        try
        {
            DuplexStream stream = tls is null
                ? await ReachAsync(server, either.Token).ConfigureAwait(false)
                : await tls.ConnectAsync(token => ReachAsync(server, token), either.Token).ConfigureAwait(false);
            return await OpenAsync(stream, index, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"the ECH tunnel server {server} did not open a WebSocket within {DurationText.Seconds(timeout)}");
        }
    }

    private async ValueTask<DuplexStream> ReachAsync(Destination server, CancellationToken cancellationToken)
    {
        DialResult dial = await via.DialAsync(server, new DialContext(), cancellationToken).ConfigureAwait(false);
        return dial.Succeeded ? dial.Connection : throw new IOException($"the ECH tunnel server {server} cannot be reached: {dial.Detail}");
    }

    private async ValueTask<ICarrier> OpenAsync(DuplexStream stream, int index, CancellationToken cancellationToken)
    {
        HandshakeReader reader = new(stream);
        try
        {
            string? token = config.Token is { } secret ? Encoding.ASCII.GetString(secret.Reveal()) : null;
            string? extension = config.PlainOnly ? null : EchTunnelWire.FramesExtension;
            WebSocketOpening opening = await WebSocketOpening.RunAsync(
                reader, WebSocketOpening.HostField(config.Server, tls is not null), config.Path, null, token, extension, cancellationToken).ConfigureAwait(false);
            if (opening.Response is not { } response) throw Refused(opening);
            return response.HasExtension ? StartFrames(reader.Detach()) : StartPlain(reader.Detach(), index);
        }
        catch
        {
            reader.Dispose();
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private TunnelSession StartFrames(DuplexStream stream)
    {
        WebSocketStream bytes = new(new WebSocketConnection(stream, FrameOptions, time));
        TunnelSession session = new(bytes, TunnelFrameSealer.Unprotected(), TunnelFrameOpener.Unprotected(), _sessionOptions, time);
        _ = session.RunAsync();
        return session;
    }

    private EchTunnelClientCarrier StartPlain(DuplexStream stream, int index)
    {
        EchTunnelClientCarrier carrier = new(new WebSocketConnection(stream, _plainOptions, time), index, _sessionOptions, time, warn, _budget);
        _ = carrier.RunAsync();
        return carrier;
    }

    private Exception Refused(WebSocketOpening opening) => opening.Failure == DialFailure.ProxyAuthenticationFailed
        ? new AuthenticationException($"the ECH tunnel server {config.Server} refuses the token (401)")
        : new IOException($"the ECH tunnel server {config.Server} {opening.Detail}");
}
