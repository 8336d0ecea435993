using System.Security.Authentication;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Http;

/// <summary>Through an HTTP proxy with CONNECT (RFC 9110 section 9.3.6).</summary>
/// <param name="config">The proxy.</param>
/// <param name="via">The exit that leads to it.</param>
/// <param name="tls">TLS towards the proxy; null for none.</param>
/// <param name="connectTimeout">How long the proxy may take where the configuration says nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpExit(HttpExitConfig config, IExit via, TlsClient? tls, TimeSpan connectTimeout, TimeProvider time) : IExit
{
    private readonly TimeSpan _timeout = config.Timeout ?? connectTimeout;
    private readonly DeadlinePool _deadlines = new(time);
    private readonly byte[]? _authorization =
        config.Username is null ? null : HttpBasicCredentials.Format(config.Username, config.Password is { } password ? password.Reveal() : default);

    public string Name => config.Name;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        string target = destination.ToString();
        // A client's name goes into a request line here; one that does not belong there could only be meant as an attack.
        if (!HttpChars.IsAuthority(target)) return Fail(DialFailure.NameNotResolved, "the name cannot be written into a request");
        for (int attempt = 0; ; attempt++)
        {
            DialResult result = await TryAsync(target, context, cancellationToken).ConfigureAwait(false);
            if (result.Failure != DialFailure.ProxyUnreachable || attempt >= config.Retries) return result;
        }
    }

    public string UdpRefusal => "an HTTP proxy carries no UDP";

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(DialFailure.CommandNotSupported, UdpRefusal));

    private async ValueTask<DialResult> TryAsync(string target, DialContext context, CancellationToken cancellationToken)
    {
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        DuplexStream? stream = null;
        DialResult result = default;
        bool reached = false;
        try
        {
            stream = tls is null
                ? await ReachAsync(deadline.Token).ConfigureAwait(false)
                : await tls.ConnectAsync(ReachAsync, deadline.Token).ConfigureAwait(false);
            result = await ConnectAsync(stream, target, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            result = reached
                ? Fail(DialFailure.TimedOut, $"the proxy {config.Server} did not answer in time")
                : Fail(DialFailure.ProxyUnreachable, $"the proxy {config.Server} cannot be reached in time");
        }
        catch (DialException exception)
        {
            result = Fail(DialFailure.ProxyUnreachable, $"the proxy {config.Server} cannot be reached: {exception.Message}");
        }
        catch (AuthenticationException exception)
        {
            result = Fail(DialFailure.ProxyProtocolError, exception.Message);
        }
        catch (IOException exception)
        {
            result = Fail(DialFailure.ProxyProtocolError, $"the connection to the proxy {config.Server} broke: {exception.Message}");
        }
        finally
        {
            if (stream is not null && !result.Succeeded) await stream.DisposeAsync().ConfigureAwait(false);
        }
        return result;

        async ValueTask<DuplexStream> ReachAsync(CancellationToken token)
        {
            DialResult proxy = await via.DialAsync(config.Server, context.ForProxyServer(), token).ConfigureAwait(false);
            reached = true;
            return proxy.ConnectionOrThrow();
        }
    }

    private async ValueTask<DialResult> ConnectAsync(DuplexStream stream, string target, CancellationToken cancellationToken)
    {
        HttpHeadWriter request = new();
        request.RequestLine("CONNECT", target);
        request.Field("Host"u8, target);
        if (_authorization is not null) request.Field("Proxy-Authorization"u8, _authorization);
        request.End();
        await stream.WriteAsync(request.Written, cancellationToken).ConfigureAwait(false);

        using HandshakeReader reader = new(stream);
        while (true)
        {
            HttpResponseRead read = await HttpResponseReader.ReadAsync(reader, HttpLimits.Default, cancellationToken).ConfigureAwait(false);
            if (read.Head is not { } head)
                return Fail(DialFailure.ProxyProtocolError, $"the proxy {config.Server} broke the protocol: {read.Problem}");
            DialFailure failure = head.IsSuccess || head.IsInterim
                ? DialFailure.None
                : HttpProxyStatus.Failure(head.Status, head.Fields.ProxyStatus is { } range ? reader.Unread[range] : default);
            reader.Advance(read.Length);
            if (failure != DialFailure.None) return Fail(failure, $"the proxy {config.Server} answered {head.Status}");
            // Whatever Content-Length says, what follows a 2xx belongs to the tunnel (RFC 9112 section 6.3).
            if (head.IsSuccess) return DialResult.Success(reader.Detach(), null, this);
            if (head.Status == 101) return Fail(DialFailure.ProxyProtocolError, $"the proxy {config.Server} changed protocols unasked");
        }
    }

    private DialResult Fail(DialFailure failure, string detail) => DialResult.Failed(failure, $"{Name}: {detail}", this);
}
