using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Resolving;

/// <summary>HTTP connections to a resolver: the server's own sockets, no proxy of the environment, no redirects, no cookies.</summary>
internal sealed class DohConnection
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(1);

    // A connection that a firewall has forgotten is given up after two of these, not after a whole attempt.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(1);

    private readonly DohConfig _config;
    private readonly INameResolver _system;
    private readonly HappyEyeballs _eyeballs;

    private DohConnection(DohConfig config, ITransport transport, INameResolver system, TimeProvider time)
    {
        _config = config;
        _system = system;
        _eyeballs = new HappyEyeballs(transport, time, AddressPreference.Ipv6);
    }

    /// <summary>Makes the handler. Nothing is connected yet.</summary>
    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public static SocketsHttpHandler CreateHandler(DohConfig config, ITransport transport, INameResolver system, TimeProvider time)
    {
        DohConnection connection = new(config, transport, system, time);
        return new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16, // KiB
            PooledConnectionIdleTimeout = IdleTimeout,
            KeepAlivePingDelay = Ping,
            KeepAlivePingTimeout = Ping,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = (context, cancellationToken) => connection.ConnectAsync(context.DnsEndPoint, cancellationToken),
            SslOptions = ServerCertificatePolicy.Options(config.CaFile),
        };
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses = await AddressesAsync(endPoint.Host, cancellationToken).ConfigureAwait(false);
        return await _eyeballs.ConnectAsync(addresses, endPoint.Port, default, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (_config.Bootstrap.Count > 0) return _config.Bootstrap;
        if (IPAddress.TryParse(host, out IPAddress? address)) return [address];
        NameResult result = await _system.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Addresses : throw new IOException(result.Failure);
    }
}
