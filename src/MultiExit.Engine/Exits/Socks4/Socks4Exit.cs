using System.Buffers;
using System.Net;
using System.Text;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.Socks4;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Exits.Socks4;

/// <summary>Through a SOCKS4 proxy, or one of SOCKS4A, which takes names. Neither has IPv6, UDP or a password, and all failures have one code.</summary>
/// <param name="config">The exit.</param>
/// <param name="via">The exit through which the proxy is reached.</param>
/// <param name="tls">TLS to the proxy; null for none.</param>
/// <param name="resolver">Resolves names where the exit does not send them.</param>
/// <param name="connectTimeout">How long a dial may take where the exit has no time-out of its own.</param>
/// <param name="time">The clock.</param>
internal sealed class Socks4Exit(
    Socks4ExitConfig config, IExit via, TlsClient? tls, INameResolver resolver, TimeSpan connectTimeout, TimeProvider time) : IExit
{
    private const string NotCarried = "SOCKS4 has no IPv6, and no 0.0.0.1 to 0.0.0.255";
    private readonly byte[] _userId = Encoding.UTF8.GetBytes(config.Username ?? "");
    private readonly ProxyDialer _dialer =
        new("the proxy", config.Server, via, tls, config.Timeout ?? connectTimeout, config.Retries, time) { SendProxy = config.SendProxy };

    public string Name => config.Name;

    public string? Country => config.Country;

    public string UdpRefusal => "SOCKS4 carries no UDP";

    public ExitExplanation Explain(ExplainStep step)
    {
        ExitExplanation told = _dialer.Explain(this, step);
        return step.Udp || Reaches(step.Destination, step.Context.ResolvedAddresses, step.Context)
            ? told : told with { Outcome = RouteOutcome.Unavailable, Reason = $"{Name}: {NotCarried}" };
    }

    public DialResult? Refusal(IPAddress address, DialContext context) =>
        !Socks4RequestMessage.Has(address) ? DialResult.Failed(this, DialFailure.NetworkUnreachable, NotCarried)
        : !context.PrivateDestinationsAllowed && PrivateDestinations.Contains(address)
            ? DialResult.Failed(this, DialFailure.NotAllowed, $"{address} is a private destination")
        : null;

    // What a name resolves to here says nothing of a proxy that resolves it itself.
    public bool Reaches(Destination destination, IReadOnlyList<IPAddress>? resolved, DialContext context)
    {
        IReadOnlyList<IPAddress>? addresses = destination.Address is { } address ? [address] : config.Resolve == NameResolution.Local ? resolved : null;
        return addresses is null || addresses.Any(candidate => Refusal(candidate, context)?.Failure != DialFailure.NetworkUnreachable);
    }

    public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        if (!Socks4RequestMessage.CanCarry(destination)) return DialResult.Failed(this, DialFailure.NetworkUnreachable, NotCarried);
        ProxyDial<Opened> dial = await _dialer.RunAsync<Opened>(
            context, (proxy, token) => RequestAsync(proxy, destination, context, token), cancellationToken).ConfigureAwait(false);
        return dial.Succeeded
            ? DialResult.Success(dial.Value.Connection, dial.Value.Bound, this)
            : DialResult.Failed(this, dial.Failure, dial.Reason);
    }

    public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) =>
        new(UdpOpenResult.Failed(this, DialFailure.CommandNotSupported, UdpRefusal));

    private async ValueTask<ProxyDial<Opened>> RequestAsync(
        ProxyConnection proxy, Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        if (destination.IsDomain && config.Resolve == NameResolution.Local)
        {
            ProxyDial<Destination> resolved = await ResolveAsync(destination, context, cancellationToken).ConfigureAwait(false);
            if (!resolved.Succeeded) return new(null, resolved.Failure, resolved.Reason);
            destination = resolved.Value;
        }
        proxy.Asked = true;
        await WriteRequestAsync(proxy.Reader.Stream, destination, cancellationToken).ConfigureAwait(false);
        ParseStatus status;
        Socks4Reply reply;
        IPEndPoint? bound;
        while ((status = ReadReply(proxy.Reader, out reply, out bound)) == ParseStatus.NeedMore)
            if (!await proxy.Reader.ReadMoreAsync(Socks4ReplyMessage.Length, cancellationToken).ConfigureAwait(false))
                return new(null, DialFailure.ProxyProtocolError, "the proxy closed within the handshake");
        if (status == ParseStatus.Invalid) return new(null, DialFailure.ProxyProtocolError, "the proxy breaks the protocol: its reply is malformed");
        return reply switch
        {
            Socks4Reply.Granted => new(new Opened(proxy.Reader.Detach(), bound)),
            Socks4Reply.NotIdentified => new(null, DialFailure.ProxyAuthenticationFailed, "the proxy replies 5c: it does not know who its client is"),
            Socks4Reply.WrongUser => new(null, DialFailure.ProxyAuthenticationFailed, "the proxy replies 5d: it expects another user id"),
            _ => new(null, DialFailure.General, "the proxy replies 5b: the request is rejected, or has failed"),
        };
    }

    // As a direct exit does, which is what would resolve the name otherwise.
    private async ValueTask<ProxyDial<Destination>> ResolveAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress>? addresses = context.ResolvedAddresses;
        if (addresses is null)
        {
            NameResult result = await resolver.ResolveAsync(destination.Host, cancellationToken).ConfigureAwait(false);
            if (!result.Succeeded) return new(null, DialFailure.NameNotResolved, result.Failure!);
            addresses = result.Addresses;
        }
        DialResult? refusal = null;
        foreach (IPAddress address in addresses)
        {
            if (Refusal(address, context) is not { } refused) return new(Destination.FromAddress(address, destination.Port));
            // The policy's refusal is the one to report: another family would not have helped.
            if (refusal is null || refused.Failure == DialFailure.NotAllowed) refusal = refused;
        }
        return refusal is { Failure: DialFailure.NotAllowed }
            ? new(null, DialFailure.NotAllowed, $"{destination.Host} is a private destination")
            : new(null, DialFailure.NetworkUnreachable, $"{destination.Host} has no address of IPv4: {NotCarried}");
    }

    private async ValueTask WriteRequestAsync(DuplexStream stream, Destination destination, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Socks4RequestMessage.MaxLength);
        try
        {
            int length = Socks4RequestMessage.Write(buffer, Socks4Command.Connect, _userId, destination);
            await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ParseStatus ReadReply(HandshakeReader reader, out Socks4Reply reply, out IPEndPoint? bound)
    {
        ParseStatus status = Socks4ReplyMessage.TryRead(reader.Unread, out reply, out bound, out int consumed);
        reader.Advance(consumed);
        return status;
    }

    // A connection whose request was granted, and the address of the reply.
    private sealed record Opened(DuplexStream Connection, IPEndPoint? Bound);
}
