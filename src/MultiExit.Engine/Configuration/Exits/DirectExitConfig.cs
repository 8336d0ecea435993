using System.Net;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Straight to the target, from a given source address or the system's choice.</summary>
public sealed record DirectExitConfig : ExitConfig
{
    internal static readonly IntegerRange MarkRange = new("mark", 1, int.MaxValue);

    /// <inheritdoc/>
    public override string Type => "direct";

    /// <summary>The source address; it must be on this host unless <see cref="GatewayConfig.Snat"/> is enabled. Null: the system
    /// chooses. With an address, only destinations of its family are reachable through this exit.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>An IPv6 prefix, /16 to /126: connections and UDP associations go out from addresses drawn from it. Those need not be on an
    /// interface, but the network has to send the answers here; Linux only. Null: none. Not together with an address.</summary>
    public IPNetwork? Prefix { get; init; }

    /// <summary>A pool of addresses (key <c>addresses</c>): each is an exit by itself in a group of the name of this one. Not together with an address or
    /// a prefix. Empty: none.</summary>
    public IReadOnlyList<PoolSource> Addresses { get; init; } = [];

    /// <summary>What keeps its address of the <see cref="Addresses"/> (key <c>bind</c>); null: a session, where the request has one.</summary>
    public BindingUnit? PoolBind { get; init; }

    /// <summary>The pool that it is an address of; null: none.</summary>
    internal string? PoolOf { get; init; }

    /// <summary>What keeps its address of the <see cref="Prefix"/> (key <c>bind</c>, default connection: each has another, from a
    /// cryptographic generator). A client, user or session keeps it across restarts.</summary>
    public BindingUnit Bind { get; init; } = BindingUnit.Connection;

    /// <summary>The source address is the one that the client came in on (key <c>address: inbound</c>). A loopback address reaches loopback
    /// targets only, an IPv4 address no IPv6 targets and the other way round.</summary>
    public bool FromInboundAddress { get; init; }

    /// <summary>The gateway of this exit's own routing table; null: <see cref="SnatConfig.Gateway"/>. Only what
    /// <c>multiexit snat</c> sets up uses it. Only destinations of its family are reachable through this exit.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The only interface that connections use, SO_BINDTODEVICE; Linux only. Null: any.</summary>
    public string? Interface { get; init; }

    /// <summary>The firewall mark of connections, SO_MARK, 1 to 2147483647; Linux only, needs CAP_NET_ADMIN. Null: none, or with
    /// <see cref="GatewayConfig.Snat"/> enabled the next one from <see cref="SnatConfig.MarkBase"/> on.</summary>
    public int? Mark { get; init; }

    /// <summary>Whether one node of the fleet at a time may use the address (key <c>lease</c>, default false).</summary>
    public bool Lease { get; init; }

    /// <summary>From which peers UDP associations take datagrams (key <c>udp_filter</c>, default none: from any peer).</summary>
    public UdpFilter UdpFilter { get; init; }

    /// <summary>How long a whole dial may take, names, retries and their pauses included (key <c>timeout</c>, 10 ms to 1 h); null:
    /// <c>limits.connect_timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a target that cannot be reached is tried again (key <c>retries</c>, 0 to 100, default 0).</summary>
    public int Retries { get; init; }

    /// <summary>The header of the PROXY protocol that goes before all else to the target (key <c>send_proxy</c>, default none): its source is the client,
    /// its destination the other end.</summary>
    public SendProxy SendProxy { get; init; }

    internal override SendProxy ProxyHeader => SendProxy;

    internal override TimeSpan? DialTimeout => Timeout;

    /// <summary>What contradicts the pool; null for nothing.</summary>
    internal string? PoolProblem => Addresses.Count == 0 ? null
        : Address is not null || Prefix is not null || FromInboundAddress
            ? "an exit with `addresses` takes its addresses from there; leave `address` and `prefix` out"
        : Gateway is { } gateway && Addresses.Any(source => source.Network is { } network && network.BaseAddress.AddressFamily != gateway.AddressFamily)
            ? $"the gateway {gateway} is of another family than some of the addresses; expected an exit for each family"
        : Addresses.Sum(source => source.Network is { } network ? AddressPools.CountOf(network) : 0) > AddressPools.MaxAddresses
            ? $"has more than {AddressPools.MaxAddresses} addresses; expected fewer, or a `prefix`, from which addresses are drawn without a list"
        : null;

    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Add("addresses", PoolProblem);
        check.Check(MarkRange, Mark);
        check.Check(TimeoutRange, Timeout);
        check.Check(RetriesRange, Retries);
    }
}
