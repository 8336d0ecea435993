using System.Net;
using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.WebSocket;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Protocols.Tunnel;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Exits.EchTunnel;

/// <summary>Opens the carriers of one exit: dial, TLS, WebSocket; then the frames of the tunnel where the server agrees, else the plain format.</summary>
/// <param name="config">The exit.</param>
/// <param name="via">The exit through which the server is reached.</param>
/// <param name="tls">TLS to the server; null for none.</param>
/// <param name="memory">The most bytes that the sessions of a carrier may hold unread.</param>
/// <param name="timeout">How long opening a carrier may take.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Takes a line for the log.</param>
/// <param name="server">The memory of all carriers of the server; null: it is not shared.</param>
internal sealed class EchTunnelConnector(
    EchTunnelExitConfig config, IExit via, TlsClient? tls, long memory, TimeSpan timeout, TimeProvider time, Action<string> warn,
    ServerMemory? server = null)
{
    // No retries: the pool of the carriers opens the next one, after pauses of its own.
    private readonly ProxyDialer _dialer = new("the ECH tunnel server", config.Server, via, tls, timeout, retries: 0, time);

    private static readonly WebSocketOptions FrameOptions = new() { IsServer = false, HalfClose = true, PingInterval = TimeSpan.Zero };

    private readonly WebSocketOptions _plainOptions = new()
    {
        IsServer = false, Gathers = true, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = config.PingInterval, PingTimeout = config.PingTimeout,
        SilenceLimit = EchTunnelCarrier.SilenceLimit,
    };

    private readonly TunnelSessionOptions _sessionOptions =
        new TunnelSessionOptions { PingInterval = config.PingInterval, PingTimeout = config.PingTimeout, Server = server }.Within(memory);

    // For all carriers together: slow readers have a carrier each.
    private readonly MemoryBudget _budget = new(new TunnelSessionOptions().Within(memory).WindowBudget, server);

    /// <summary>The requests that are being dialed through its carriers.</summary>
    public CarriedHops Hops { get; } = new();

    /// <inheritdoc cref="ProxyDialer.Explain"/>
    public ExitExplanation Explain(IExit exit, ExplainStep step) => _dialer.Explain(exit, step);

    /// <summary>Opens a carrier and starts to serve it.</summary>
    /// <param name="address">The address to dial; null: the server's name is resolved.</param>
    /// <param name="index">Its channel index.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="CarrierException">The server cannot be reached, refuses the token, or does not have the certificate expected.</exception>
    public async Task<ICarrier> ConnectAsync(IPAddress? address, int index, CancellationToken cancellationToken)
    {
        DialTrace trace = new();
        ProxyDial<ICarrier> dial = await _dialer
            .RunAsync<ICarrier>(new DialContext { Carried = Hops, Trace = trace }, (proxy, token) => OpenAsync(proxy, index, token), cancellationToken, address)
            .ConfigureAwait(false);
        if (dial.Succeeded) dial.Value.Left = trace.Carrier;
        return dial.Succeeded ? dial.Value : throw new CarrierException(dial.Failure, dial.Reason);
    }

    private async ValueTask<ProxyDial<ICarrier>> OpenAsync(ProxyConnection proxy, int index, CancellationToken cancellationToken)
    {
        string? token = config.Token is { } secret ? Encoding.ASCII.GetString(secret.Reveal()) : null;
        string? extension = config.PlainOnly ? null : EchTunnelWire.FramesExtension;
        WebSocketOpening opening = await WebSocketOpening.RunAsync(
            proxy.Reader, WebSocketOpening.HostField(config.Server, _dialer.HasTls), config.Path, null, token, extension, cancellationToken)
            .ConfigureAwait(false);
        if (opening.Response is not { } response) return new(null, opening.Failure, Refused(opening));
        DuplexStream stream = proxy.Reader.Detach();
        return new(response.HasExtension ? StartFrames(stream) : StartPlain(stream, index));
    }

    private TunnelSession StartFrames(DuplexStream stream)
    {
        WebSocketStream bytes = new(new WebSocketConnection(stream, FrameOptions, time));
        TunnelSession session = new(bytes, TunnelFrameSealer.Unprotected(), TunnelFrameOpener.Unprotected(), _sessionOptions, time) { Warn = warn };
        _ = session.RunAsync();
        return session;
    }

    private EchTunnelClientCarrier StartPlain(DuplexStream stream, int index)
    {
        EchTunnelClientCarrier carrier = new(new WebSocketConnection(stream, _plainOptions, time), index, _sessionOptions, time, warn, _budget);
        _ = carrier.RunAsync();
        return carrier;
    }

    private string Refused(WebSocketOpening opening)
    {
        string what = opening.Status switch
        {
            401 => config.Token is null ? "asks for a token (401)" : "refuses the token (401)",
            403 => "does not let this client in (403): not from its address, or not with this token",
            404 => "has nothing at the configured path (404)",
            _ => opening.Detail,
        };
        return $"the ECH tunnel server {config.Server} {what}";
    }
}
