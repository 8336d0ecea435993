using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Http;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Http;

/// <summary>Through an HTTP proxy with CONNECT (RFC 9110 section 9.3.6).</summary>
/// <param name="config">The proxy.</param>
/// <param name="via">The exit that leads to it.</param>
/// <param name="tls">TLS towards the proxy; null for none.</param>
/// <param name="connectTimeout">How long a dial may take where the exit has no time-out of its own.</param>
/// <param name="time">The clock.</param>
internal sealed class HttpExit(HttpExitConfig config, IExit via, TlsClient? tls, TimeSpan connectTimeout, TimeProvider time) : IExit
{
    private readonly ProxyDialer _dialer =
        new("the proxy", config.Server, via, tls, config.Timeout ?? connectTimeout, config.Retries, time) { SendProxy = config.SendProxy };
    private readonly byte[]? _authorization =
        config.Username is null ? null : HttpBasicCredentials.Format(config.Username, config.Password is { } password ? password.Reveal() : default);

    public string Name => config.Name;

    public string? Country => config.Country;

    public ExitExplanation Explain(ExplainStep step) => _dialer.Explain(this, step);

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        string target = destination.ToString();
        // A client's name goes into a request line here; a name that does not fit into one could only be an attack.
        if (!HttpChars.IsAuthority(target)) return DialResult.Failed(this, DialFailure.NameNotResolved, "the name cannot be written into a request");
        ProxyDial<DuplexStream> dial = await _dialer.RunAsync<DuplexStream>(
            context, (proxy, token) => ConnectAsync(proxy, target, token), cancellationToken).ConfigureAwait(false);
        return dial.Succeeded ? DialResult.Success(dial.Value, null, this) : DialResult.Failed(this, dial.Failure, dial.Reason);
    }

    public string UdpRefusal => "an HTTP proxy carries no UDP";

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(this, DialFailure.CommandNotSupported, UdpRefusal));

    private async ValueTask<ProxyDial<DuplexStream>> ConnectAsync(ProxyConnection proxy, string target, CancellationToken cancellationToken)
    {
        HttpHeadWriter request = new();
        request.RequestLine("CONNECT", target);
        request.Field("Host"u8, target);
        if (_authorization is not null) request.Field("Proxy-Authorization"u8, _authorization);
        request.End();
        HandshakeReader reader = proxy.Reader;
        proxy.Asked = true;
        await reader.Stream.WriteAsync(request.Written, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            HttpResponseRead read = await HttpResponseReader.ReadAsync(reader, HttpLimits.Default, cancellationToken).ConfigureAwait(false);
            if (read.Head is not { } head) return new(null, DialFailure.ProxyProtocolError, $"the proxy {config.Server} broke the protocol: {read.Problem}");
            DialFailure failure = head.IsSuccess || head.IsInterim
                ? DialFailure.None
                : HttpProxyStatus.Failure(head.Status, head.Fields.ProxyStatus is { } range ? reader.Unread[range] : default);
            reader.Advance(read.Length);
            if (failure != DialFailure.None) return new(null, failure, $"the proxy {config.Server} answered {head.Status}");
            // Whatever Content-Length says, what follows a 2xx belongs to the tunnel (RFC 9112 section 6.3).
            if (head.IsSuccess) return new(reader.Detach());
            if (head.Status == 101) return new(null, DialFailure.ProxyProtocolError, $"the proxy {config.Server} changed protocols unasked");
        }
    }
}
