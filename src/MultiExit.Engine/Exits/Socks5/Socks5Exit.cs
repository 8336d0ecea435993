using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Socks5;

/// <summary>Through a SOCKS5 proxy (RFC 1928, RFC 1929). Names are resolved by the proxy.</summary>
/// <param name="config">The exit.</param>
/// <param name="via">The exit through which the proxy is reached.</param>
/// <param name="tls">TLS to the proxy; null for none.</param>
/// <param name="connectTimeout">How long a dial may take where the exit has no time-out of its own.</param>
/// <param name="time">The clock.</param>
internal sealed class Socks5Exit(Socks5ExitConfig config, IExit via, TlsClient? tls, TimeSpan connectTimeout, TimeProvider time) : IExit
{
    private static readonly Destination Anywhere = Destination.FromAddress(IPAddress.Any, 0);
    private readonly ProxyDialer _dialer =
        new("the proxy", config.Server, via, tls, config.Timeout ?? connectTimeout, config.Retries, time) { SendProxy = config.SendProxy };

    public string Name => config.Name;

    public string? Country => config.Country;

    public ExitExplanation Explain(ExplainStep step) => _dialer.Explain(this, step);

    public string? UdpRefusal => _dialer.HasTls ? "datagrams would leave the TLS connection in the clear" : null;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        ProxyDial<Opened> dial = await _dialer.RunAsync<Opened>(
            context, (proxy, token) => RequestAsync(proxy, Socks5Command.Connect, destination, token), cancellationToken)
            .ConfigureAwait(false);
        return dial.Succeeded
            ? DialResult.Success(dial.Value.Connection, Known(dial.Value.Bound), this)
            : DialResult.Failed(this, dial.Failure, dial.Reason);
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        if (UdpRefusal is { } refusal) return UdpOpenResult.Failed(this, DialFailure.CommandNotSupported, refusal);
        ProxyDial<Socks5DatagramFlow> dial = await _dialer.RunAsync<Socks5DatagramFlow>(
            context, (proxy, token) => AssociateAsync(proxy, context, token), cancellationToken).ConfigureAwait(false);
        return dial.Succeeded ? UdpOpenResult.Success(dial.Value) : UdpOpenResult.Failed(this, dial.Failure, dial.Reason);
    }

    private async ValueTask<ProxyDial<Opened>> RequestAsync(
        ProxyConnection proxy, Socks5Command command, Destination destination, CancellationToken cancellationToken)
    {
        Socks5ClientHandshake handshake = new(proxy, config.Username, config.Password);
        (DialFailure failure, string? detail) = await handshake.RunAsync(command, destination, cancellationToken).ConfigureAwait(false);
        return failure == DialFailure.None
            ? new(new Opened(proxy.Reader.Detach(), handshake.Bound!))
            : new(null, failure, detail);
    }

    private async ValueTask<ProxyDial<Socks5DatagramFlow>> AssociateAsync(
        ProxyConnection proxy, DialContext context, CancellationToken cancellationToken)
    {
        ProxyDial<Opened> control =
            await RequestAsync(proxy, Socks5Command.UdpAssociate, Anywhere, cancellationToken).ConfigureAwait(false);
        if (!control.Succeeded) return new(null, control.Failure, control.Reason);
        // The datagrams leave by the exit that the connection left by: proxies accept them from that address only.
        UdpOpenResult opened = await proxy.Via.OpenUdpAsync(context.ForProxyServer(), cancellationToken).ConfigureAwait(false);
        return opened.Succeeded
            ? new(new Socks5DatagramFlow(control.Value.Connection, opened.Flow, Relay(proxy, control.Value)))
            : new(null, opened.Failure, $"no datagrams to the proxy: {opened.Detail}");
    }

    // An unspecified BND.ADDR stands for the address that the proxy itself was reached at.
    private Destination Relay(ProxyConnection proxy, Opened control)
    {
        Destination bound = control.Bound;
        if (bound.IsDomain || !IsUnspecified(bound.Address)) return bound;
        if (config.Server.Address is { } address) return Destination.FromAddress(address, bound.Port);
        // With a chain, the socket's peer is the chain's first proxy, not this one.
        if (!proxy.Via.ProvesServer && control.Connection is SocketStream socket) return Destination.FromAddress(socket.RemoteEndPoint.Address, bound.Port);
        return Destination.TryFromHost(config.Server.Host, bound.Port, out Destination? named) ? named : bound;
    }

    private static IPEndPoint? Known(Destination? bound) =>
        bound is { Address: { } address } && !IsUnspecified(address) ? bound.ToEndPoint() : null;

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    // A connection whose request was granted, and BND of the reply.
    private sealed record Opened(DuplexStream Connection, Destination Bound);
}
