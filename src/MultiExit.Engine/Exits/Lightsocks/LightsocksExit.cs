using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Socks5;
using MultiExit.Engine.Lightsocks;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Lightsocks;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Lightsocks;

/// <summary>Through a Lightsocks server: SOCKS5 with each octet replaced by another. Names are resolved by the server.</summary>
/// <param name="config">The exit.</param>
/// <param name="table">The substitution.</param>
/// <param name="via">The exit through which the server is reached.</param>
/// <param name="connectTimeout">How long a dial may take where the exit has no time-out of its own.</param>
/// <param name="time">The clock.</param>
internal sealed class LightsocksExit(LightsocksExitConfig config, LightsocksTable table, IExit via, TimeSpan connectTimeout, TimeProvider time) : IExit
{
    private readonly ProxyDialer _dialer =
        new("the Lightsocks server", config.Server, via, null, config.Timeout ?? connectTimeout, config.Retries, time);

    public string Name => config.Name;

    public string? Country => config.Country;

    public string UdpRefusal => "Lightsocks carries no UDP";

    public ExitExplanation Explain(ExplainStep step) => _dialer.Explain(this, step);

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        IPEndPoint? bound = null;
        ProxyDial<DuplexStream> dial = await _dialer.RunAsync<DuplexStream>(
            context, async (proxy, token) =>
            {
                proxy.Wrap(stream => new LightsocksStream(stream, table));
                Socks5ClientHandshake handshake = new(proxy, null, null);
                (DialFailure failure, string? detail) = await handshake.RunAsync(Socks5Command.Connect, destination, token).ConfigureAwait(false);
                if (failure == DialFailure.None)
                {
                    bound = Known(handshake.Bound!);
                    return new(proxy.Reader.Detach());
                }
                return handshake.ClosedEarly ? Closed(proxy.Asked) : new(null, failure, detail);
            }, cancellationToken).ConfigureAwait(false);
        return dial.Succeeded ? DialResult.Success(dial.Value, bound, this) : DialResult.Failed(this, dial.Failure, dial.Reason);
    }

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(this, DialFailure.CommandNotSupported, UdpRefusal));

    // Servers that are deployed close in place of an answer, whatever they cannot do.
    private static ProxyDial<DuplexStream> Closed(bool asked) => asked
        ? new(null, DialFailure.General, "the server closed in place of a reply: it did not reach the target")
        : new(null, DialFailure.ProxyProtocolError, "the server closed at the greeting: its password may be another one");

    private static IPEndPoint? Known(Destination bound) =>
        bound.Address is { } address && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? bound.ToEndPoint() : null;
}
