using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Shadowsocks;
using MultiExit.Engine.Shadowsocks;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Shadowsocks;

/// <summary>Through a Shadowsocks server (SIP004, SIP007, SIP022, SIP023). Names are resolved by the server.</summary>
/// <remarks>The protocol has no answer to a request: a dial has succeeded once the server is reached, and a target that cannot be reached shows as the end
/// of the connection.</remarks>
internal sealed class ShadowsocksExit : IExit
{
    private const int MostOverhead = 4096;

    private readonly ShadowsocksExitConfig _config;
    private readonly IExit _via;
    private readonly TimeProvider _time;
    private readonly ProxyDialer _dialer;
    private readonly ShadowsocksSecret _secret;

    /// <param name="config">The exit.</param>
    /// <param name="via">The exit through which the server is reached.</param>
    /// <param name="connectTimeout">How long a dial may take where the exit has no time-out of its own.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProxyException">Method or password are not valid, which only a configuration made in code can have.</exception>
    public ShadowsocksExit(ShadowsocksExitConfig config, IExit via, TimeSpan connectTimeout, TimeProvider time)
    {
        (_config, _via, _time) = (config, via, time);
        _dialer = new ProxyDialer("the Shadowsocks server", config.Server, via, null, config.Timeout ?? connectTimeout, config.Retries, time);
        ShadowsocksMethod method = ShadowsocksMethods.Find(config.Method)
            ?? throw new ProxyException(ProxyError.InvalidConfiguration, $"exit {config.Name}: there is no method {config.Method}");
        if (!ShadowsocksSecret.TryCreate(method, config.Password, out ShadowsocksSecret? secret, out string? problem))
            throw new ProxyException(ProxyError.InvalidConfiguration, $"exit {config.Name}: {problem}");
        _secret = secret;
    }

    public string Name => _config.Name;

    public string? Country => _config.Country;

    // A server that is reached says nothing of itself before the target does.
    public bool ProvesServer => false;

    public string? UdpRefusal => !_secret.Method.HasDatagrams()
        ? "datagrams of 2022-blake3-chacha20-poly1305 are not spoken here; the methods with AES have them" : null;

    public ExitExplanation Explain(ExplainStep step) => _dialer.Explain(this, step);

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        int sent = 0;
        ProxyDial<ShadowsocksStream> dial = await _dialer.RunAsync<ShadowsocksStream>(
            context, async (proxy, token) =>
            {
                proxy.Asked = true;
                ShadowsocksSealer sealer = new(_secret.Method, _secret.Key, _time, requestSalt: null);
                try
                {
                    using PooledWriter request = new(context.FirstPayload.Length + MostOverhead);
                    sent = sealer.Request(_secret, destination, context.FirstPayload.Span, request);
                    await proxy.Reader.Stream.WriteAsync(request.Written, token).ConfigureAwait(false);
                }
                catch
                {
                    sealer.Dispose();
                    throw;
                }
                return new(new ShadowsocksStream(
                    proxy.Reader.Detach(), sealer, new ShadowsocksOpener(_secret.Method, _secret.Key, sealer.Salt, _time)));
            }, cancellationToken).ConfigureAwait(false);
        return dial.Succeeded ? DialResult.Success(dial.Value, null, this, sent) : DialResult.Failed(this, dial.Failure, dial.Reason);
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        if (UdpRefusal is { } refusal) return UdpOpenResult.Failed(this, DialFailure.CommandNotSupported, refusal);
        UdpOpenResult opened = await _via.OpenUdpAsync(context.ForProxyServer(), cancellationToken).ConfigureAwait(false);
        if (!opened.Succeeded) return UdpOpenResult.Failed(this, opened.Failure, $"no datagrams to the Shadowsocks server: {opened.Detail}");
        IDatagramSeal seal = _secret.Method.Is2022() ? new Shadowsocks2022DatagramSeal(_secret, _time) : new ShadowsocksDatagramSeal(_secret);
        return UdpOpenResult.Success(new ShadowsocksDatagramFlow(opened.Flow, _config.Server, seal));
    }
}
