using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks5;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Socks5;

/// <summary>Through a SOCKS5 proxy (RFC 1928, RFC 1929). Names are resolved by the proxy.</summary>
/// <param name="config">The exit.</param>
/// <param name="via">The exit through which the proxy is reached.</param>
/// <param name="tls">TLS to the proxy; null for none.</param>
/// <param name="connectTimeout">How long an attempt may take where the exit has no time-out of its own.</param>
/// <param name="time">The clock.</param>
internal sealed class Socks5Exit(Socks5ExitConfig config, IExit via, TlsClient? tls, TimeSpan connectTimeout, TimeProvider time) : IExit
{
    private static readonly Destination Anywhere = Destination.FromAddress(IPAddress.Any, 0);
    private readonly ProxyDialer _dialer = new(config, via, tls);
    private readonly DeadlinePool _deadlines = new(time);
    private readonly TimeSpan _timeout = config.Timeout ?? connectTimeout;

    public string Name => config.Name;

    public string? UdpRefusal => _dialer.HasTls ? "datagrams would leave the TLS connection in the clear" : null;

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        Attempt attempt = await RequestAsync(Socks5Command.Connect, destination, context, cancellationToken).ConfigureAwait(false);
        return attempt.Connection is { } connection
            ? DialResult.Success(connection, Known(attempt.Bound), this)
            : DialResult.Failed(attempt.Failure, attempt.Detail!, this);
    }

    public async ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken)
    {
        if (UdpRefusal is { } refusal) return UdpOpenResult.Failed(DialFailure.CommandNotSupported, $"{Name}: {refusal}");
        Attempt attempt = await RequestAsync(Socks5Command.UdpAssociate, Anywhere, context, cancellationToken).ConfigureAwait(false);
        if (attempt.Connection is not { } control) return UdpOpenResult.Failed(attempt.Failure, attempt.Detail!);
        UdpOpenResult opened = default;
        try
        {
            // The datagrams leave by the exit that the connection left by: proxies take them from that address only.
            opened = await attempt.Via!.OpenUdpAsync(context.ForProxyServer(), cancellationToken).ConfigureAwait(false);
            return opened.Succeeded
                ? UdpOpenResult.Success(new Socks5DatagramFlow(control, opened.Flow, Relay(attempt)))
                : UdpOpenResult.Failed(opened.Failure, $"{Name}: no datagrams to the proxy: {opened.Detail}");
        }
        finally
        {
            if (!opened.Succeeded) await control.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<Attempt> RequestAsync(
        Socks5Command command, Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        for (int retries = config.Retries; ; retries--)
        {
            Attempt attempt = await TryAsync(command, destination, context, cancellationToken).ConfigureAwait(false);
            if (attempt.Failure != DialFailure.ProxyUnreachable || retries <= 0) return attempt;
        }
    }

    private async ValueTask<Attempt> TryAsync(
        Socks5Command command, Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        Socks5ClientHandshake? handshake = null;
        HandshakeReader? reader = null;
        using Deadline deadline = _deadlines.Start(_timeout, cancellationToken);
        try
        {
            DialResult proxy = await _dialer.ConnectAsync(context, deadline.Token).ConfigureAwait(false);
            if (!proxy.Succeeded) return new(proxy.Failure, proxy.Detail);
            reader = new HandshakeReader(proxy.Connection);
            handshake = new Socks5ClientHandshake(reader, config.Username, config.Password);
            (DialFailure failure, string? detail) = await handshake.RunAsync(command, destination, deadline.Token).ConfigureAwait(false);
            if (failure != DialFailure.None) return Failed(failure, detail!);
            Attempt success = new(reader.Detach(), handshake.Bound, proxy.Exit);
            reader = null;
            return success;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return handshake is { Requested: true }
                ? Failed(DialFailure.TimedOut, $"no reply for the target within {DurationText.Seconds(_timeout)}")
                : Failed(DialFailure.ProxyUnreachable, $"the proxy {config.Server} does not answer within {DurationText.Seconds(_timeout)}");
        }
        catch (IOException exception)
        {
            return Failed(DialFailure.ProxyProtocolError, $"the proxy closed within the handshake: {exception.Message}");
        }
        finally
        {
            if (reader is not null)
            {
                reader.Dispose();
                await reader.Stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // An unspecified BND.ADDR stands for the address that the proxy itself was reached at.
    private Destination Relay(Attempt attempt)
    {
        Destination bound = attempt.Bound!;
        if (bound.IsDomain || !IsUnspecified(bound.Address)) return bound;
        if (config.Server.Address is { } address) return Destination.FromAddress(address, bound.Port);
        // Behind a chain the socket's peer is the chain's first proxy, not ours.
        if (attempt.Via is DirectExit && attempt.Connection is SocketStream socket)
            return Destination.FromAddress(socket.RemoteEndPoint.Address, bound.Port);
        return Destination.TryFromHost(config.Server.Host, bound.Port, out Destination? named) ? named : bound;
    }

    private static IPEndPoint? Known(Destination? bound) =>
        bound is { Address: { } address } && !IsUnspecified(address) ? bound.ToEndPoint() : null;

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private Attempt Failed(DialFailure failure, string detail) => new(failure, $"{Name}: {detail}");

    // The outcome of a request: a connection, BND and the exit that reached the proxy; or a failure in words.
    private readonly record struct Attempt(
        DuplexStream? Connection, Destination? Bound, IExit? Via, DialFailure Failure, string? Detail)
    {
        public Attempt(DuplexStream connection, Destination? bound, IExit via) : this(connection, bound, via, DialFailure.None, null) { }

        public Attempt(DialFailure failure, string? detail) : this(null, null, null, failure, detail) { }
    }
}
