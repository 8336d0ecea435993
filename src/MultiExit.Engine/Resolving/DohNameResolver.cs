using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Resolving;

/// <summary>All names over HTTPS: A and AAAA are asked for at the same time.</summary>
internal sealed class DohNameResolver : INameResolver, IDisposable
{
    /// <summary>How long the second family is waited for when the first has an address. Longer than the 50 ms of RFC 8305 section 3:
    /// an exit may be able to use the second family only.</summary>
    internal static readonly TimeSpan SecondFamily = TimeSpan.FromMilliseconds(500);

    private static readonly IReadOnlyList<IPAddress> Loopback = [IPAddress.IPv6Loopback, IPAddress.Loopback];
    private readonly DnsCache _cache;
    private readonly DohClient? _client;
    private readonly TimeProvider _time;

    /// <exception cref="ProxyException">The CA file cannot be read (<see cref="ProxyError.CertificateUnreadable"/>).</exception>
    public DohNameResolver(DohConfig config, ITransport transport, INameResolver system, TimeProvider time)
    {
        DohClient client = new(config, transport, system, time);
        _client = client;
        _cache = new DnsCache(client, time);
        _time = time;
    }

    internal DohNameResolver(IDnsClient client, TimeProvider time)
    {
        _cache = new DnsCache(client, time);
        _time = time;
    }

    public ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (!DnsName.TryNormalize(name, out string? normalized)) return new(NameResult.Failed("the name is no domain name"));
        // RFC 6761 section 6.3: a resolver is not asked for it.
        if (normalized == "localhost" || normalized.EndsWith(".localhost", StringComparison.Ordinal)) return new(NameResult.Success(Loopback));
        return LookUpAsync(normalized, cancellationToken);
    }

    public void Dispose() => _client?.Dispose();

    private async ValueTask<NameResult> LookUpAsync(string name, CancellationToken cancellationToken)
    {
        Task<DnsAnswer> ipv6 = _cache.LookUpAsync(name, DnsType.Aaaa, cancellationToken).AsTask();
        Task<DnsAnswer> ipv4 = _cache.LookUpAsync(name, DnsType.A, cancellationToken).AsTask();
        Task<DnsAnswer> first = await Task.WhenAny(ipv6, ipv4).ConfigureAwait(false);
        Task<DnsAnswer> second = first == ipv6 ? ipv4 : ipv6;
        DnsAnswer answer = await first.ConfigureAwait(false);
        DnsAnswer? other = answer.Found
            ? await WithinAsync(second, cancellationToken).ConfigureAwait(false)
            : await second.ConfigureAwait(false);
        List<IPAddress> addresses = [.. AddressesOf(first == ipv6 ? answer : other), .. AddressesOf(first == ipv6 ? other : answer)];
        if (addresses.Count > 0) return NameResult.Success(addresses);
        // The failure of a resolver says more than a name without an IPv6 address.
        DnsAnswer worst = answer.Status >= other!.Status ? answer : other;
        return NameResult.Failed(worst.Status == DnsStatus.NoRecord ? $"{name} has no address" : worst.Failure!);
    }

    private async ValueTask<DnsAnswer?> WithinAsync(Task<DnsAnswer> second, CancellationToken cancellationToken)
    {
        try
        {
            return await second.WaitAsync(SecondFamily, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(DnsAnswer? answer) => answer is null ? [] : answer.Records.OfType<DnsAddressRecord>()
        .Select(record => record.Address.IsIPv4MappedToIPv6 ? record.Address.MapToIPv4() : record.Address).Distinct();
}
