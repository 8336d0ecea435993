using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Protocols.WebSocket;
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
    private readonly ProxyDialer _dialer = new(config, via, tls);
    private readonly DeadlinePool _deadlines = new(time);
    private readonly TimeSpan _timeout = config.Timeout ?? connectTimeout;
    private readonly string _host = WebSocketOpening.HostField(config.Server, tls is not null);

    public string Name => config.Name;

    public string UdpRefusal => "a WebSocket proxy carries no UDP";

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(DialFailure.CommandNotSupported, UdpRefusal));

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        // A client's name goes into a field here; one that does not belong there could only be meant as an attack.
        if (!HttpChars.IsAuthority(destination.Host)) return Fail(DialFailure.NameNotResolved, "the name cannot be written into a request");
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        DialResult last = default;
        bool asked = false;
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                asked = false;
                last = await TryAsync().ConfigureAwait(false);
                if (last.Failure != DialFailure.ProxyUnreachable || attempt >= config.Retries) return last;
                await Task.Delay(RetryPause.After(attempt), time, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A pause between two attempts that outlasts the time-out changes nothing about the reason.
            return last.Failure != DialFailure.None && !asked ? last
                : asked ? Fail(DialFailure.TimedOut, $"the proxy {config.Server} did not answer within {DurationText.Seconds(_timeout)}")
                : Fail(DialFailure.ProxyUnreachable, $"the proxy {config.Server} cannot be reached within {DurationText.Seconds(_timeout)}");
        }

        async ValueTask<DialResult> TryAsync()
        {
            DialResult proxy = await _dialer.ConnectAsync(context, deadline.Token).ConfigureAwait(false);
            if (!proxy.Succeeded) return DialResult.Failed(proxy.Failure, proxy.Detail!, this);
            asked = true;
            DialResult result = default;
            HandshakeReader reader = new(proxy.Connection);
            try
            {
                result = await OpenAsync(reader, destination, deadline.Token).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                result = Fail(DialFailure.ProxyUnreachable, $"the connection to the proxy {config.Server} broke: {exception.Message}");
            }
            finally
            {
                reader.Dispose();
                if (!result.Succeeded) await proxy.Connection.DisposeAsync().ConfigureAwait(false);
            }
            return result;
        }
    }

    private async ValueTask<DialResult> OpenAsync(HandshakeReader reader, Destination destination, CancellationToken cancellationToken)
    {
        WebSocketOpening opening = await WebSocketOpening.RunAsync(
            reader, _host, config.Path,
            writer => WebSocketTarget.Write(writer, destination, config.Username, config.Password is { } password ? password.Reveal() : default),
            protocol: null, WebSocketConnection.HalfClose, cancellationToken).ConfigureAwait(false);
        if (opening.Response is not { } response) return Fail(opening.Failure, $"the proxy {config.Server} {opening.Detail}");
        WebSocketConnection connection = new(reader.Detach(), new WebSocketOptions
        {
            IsServer = false,
            HalfClose = response.HasExtension,
            Linger = config.Linger,
            PingInterval = config.Ping.Interval,
            PingTimeout = config.Ping.Timeout,
        }, time);
        // One of ours has dialed when it says 101.
        if (!response.HasExtension && await EndsAtOnceAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            return Fail(DialFailure.General, $"the proxy {config.Server} accepted and closed at once: it could not reach the target");
        }
        return DialResult.Success(new WebSocketStream(connection), null, this);
    }

    private async ValueTask<bool> EndsAtOnceAsync(WebSocketConnection connection, CancellationToken cancellationToken)
    {
        // Without a wait: what has come along with the answer is looked at all the same.
        using Deadline? wait = config.ReplyWait > TimeSpan.Zero ? _deadlines.Start(config.ReplyWait, cancellationToken) : null;
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

    private DialResult Fail(DialFailure failure, string detail) => DialResult.Failed(failure, $"{Name}: {detail}", this);
}
