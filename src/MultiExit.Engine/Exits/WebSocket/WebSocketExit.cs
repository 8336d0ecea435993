using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Exits.WebSocket;

/// <summary>Through a WebSocket proxy: one WebSocket for each connection (docs/protocols.md). Names are resolved by the proxy.</summary>
/// <param name="config">The exit.</param>
/// <param name="via">The exit through which the proxy is reached.</param>
/// <param name="tls">TLS to the proxy; null for none.</param>
/// <param name="connectTimeout">How long a dial may take, retries included, where the exit has no time-out of its own.</param>
/// <param name="time">The clock.</param>
internal sealed class WebSocketExit(WebSocketExitConfig config, IExit via, TlsClient? tls, TimeSpan connectTimeout, TimeProvider time) : IExit
{
    private readonly ProxyDialer _dialer =
        new("the proxy", config.Server, via, tls, config.Timeout ?? connectTimeout, config.Retries, time) { SendProxy = config.SendProxy };
    private readonly DeadlinePool _replyWaits = new(time);
    private readonly string _host = WebSocketOpening.HostField(config.Server, tls is not null);

    public string Name => config.Name;

    public string? Country => config.Country;

    public ExitExplanation Explain(ExplainStep step) => _dialer.Explain(this, step);

    public string UdpRefusal => "a WebSocket proxy carries no UDP";

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(this, DialFailure.CommandNotSupported, UdpRefusal));

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        // A client's name goes into a field here; a name that does not fit into one could only be an attack.
        if (!HttpChars.IsAuthority(destination.Host)) return DialResult.Failed(this, DialFailure.NameNotResolved, "the name cannot be written into a request");
        ProxyDial<WebSocketStream> dial = await _dialer.RunAsync<WebSocketStream>(
            context, (proxy, token) => OpenAsync(proxy, destination, token), cancellationToken).ConfigureAwait(false);
        return dial.Succeeded ? DialResult.Success(dial.Value, null, this) : DialResult.Failed(this, dial.Failure, dial.Reason);
    }

    private async ValueTask<ProxyDial<WebSocketStream>> OpenAsync(
        ProxyConnection proxy, Destination destination, CancellationToken cancellationToken)
    {
        proxy.Asked = true;
        WebSocketOpening opening = await WebSocketOpening.RunAsync(
            proxy.Reader, _host, config.Path,
            writer => WebSocketTarget.Write(writer, destination, config.Username, config.Password is { } password ? password.Reveal() : default),
            protocol: null, WebSocketConnection.HalfClose, cancellationToken).ConfigureAwait(false);
        if (opening.Response is not { } response) return new(null, opening.Failure, $"the proxy {config.Server} {opening.Detail}");
        WebSocketConnection connection = new(proxy.Reader.Detach(), new WebSocketOptions
        {
            IsServer = false,
            HalfClose = response.HasExtension,
            Linger = config.Linger,
            PingInterval = config.Ping.Interval,
            PingTimeout = config.Ping.Timeout,
        }, time);
        // A MultiExit server has dialed when it sends 101.
        if (!response.HasExtension && await EndsAtOnceAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            return new(null, DialFailure.General, $"the proxy {config.Server} accepted and closed at once: it could not reach the target");
        }
        return new(new WebSocketStream(connection));
    }

    private async ValueTask<bool> EndsAtOnceAsync(WebSocketConnection connection, CancellationToken cancellationToken)
    {
        // Without a wait: bytes that came along with the answer are looked at all the same.
        using Deadline? wait = config.ReplyWait > TimeSpan.Zero ? _replyWaits.Start(config.ReplyWait, cancellationToken) : null;
        try
        {
            await connection.ReadAsync(Memory<byte>.Empty, wait?.Token ?? new CancellationToken(canceled: true)).ConfigureAwait(false);
            return connection.CloseCode is not null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or ProxyException)
        {
            return true;
        }
    }
}
