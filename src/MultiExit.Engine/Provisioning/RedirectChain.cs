using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Provisioning;

/// <summary>The chain of nftables that catches packets for one inbound, as they come in. Packets that this host sends do not pass it.</summary>
/// <param name="Index">Its number among those of the configuration.</param>
/// <param name="Inbound">The inbound.</param>
/// <param name="Redirect">What is caught.</param>
internal sealed record RedirectChain(int Index, TransparentInboundConfig Inbound, RedirectConfig Redirect)
{
    // dstnat and mangle of nft(8), PRIORITY: address translation of destinations, and before routing.
    private const int NatPriority = -100, ManglePriority = -150;

    // What a router leaves to the network itself, and a server refuses unless private destinations are allowed.
    private static readonly IPNetwork[] Private =
    [
        .. ((string[])["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"])
            .Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>The type of such a chain (nft(8)).</summary>
    public static string KindOf(bool isTproxy) => isTproxy ? "filter" : "nat";

    /// <summary>Its priority.</summary>
    public static int PriorityOf(bool isTproxy) => isTproxy ? ManglePriority : NatPriority;

    /// <summary>Its name.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{(IsTproxy ? "tproxy" : "redirect")}{Index}");

    /// <summary>Whether it needs a rule and a route by which packets to others are delivered here.</summary>
    public bool IsTproxy => Inbound.Mode == TransparentMode.Tproxy;

    /// <summary>The families that the inbound listens for.</summary>
    public IEnumerable<bool> Families => Inbound.Listen.Address.AddressFamily == AddressFamily.InterNetwork ? [false]
        : IsAny ? [false, true] : [true];

    /// <summary>The hook as a script has it.</summary>
    public string Hook => string.Create(CultureInfo.InvariantCulture, $"type {Kind} hook prerouting priority {Priority}; policy accept;");

    /// <summary>The hook as <see cref="NftListing"/> has it.</summary>
    public string HookLine => NftListing.Hook(Name, Kind, "prerouting", Priority);

    /// <summary>The networks of the clients that the inbound does not listen for.</summary>
    public IEnumerable<IPNetwork> Unserved => Redirect.Networks.Where(network => !Families.Contains(IsIpv6(network)));

    private string Kind => KindOf(IsTproxy);

    private int Priority => PriorityOf(IsTproxy);

    private bool IsAny => Inbound.Listen.Address.Equals(IPAddress.IPv6Any) || Inbound.Listen.Address.Equals(IPAddress.Any);

    /// <summary>Its rules.</summary>
    public IEnumerable<NftRule> Rules =>
    [
        // The server's own connections to itself.
        new(NftPart.ComesBy("lo"), NftPart.Return),
        // What this host itself is asked, the login of its operator among it; and what no socket can take in the place of another.
        .. ((string[])["local", "broadcast", "anycast", "multicast"]).Select(type => new NftRule(NftPart.GoesToType(type), NftPart.Return)),
        // A chain for NAT sees the first packet of a connection only; this one sees all, also the answers of servers among the clients.
        .. IsTproxy ? (NftRule[])[new(NftPart.IsReply, NftPart.Return)] : [],
        .. Excepted.Select(network => new NftRule(NftPart.GoesTo(network), NftPart.Return)),
        .. from source in Sources
           from protocol in Inbound.Udp ? (string[])["tcp", "udp"] : ["tcp"]
           from ports in Redirect.Ports.Count == 0 ? [null] : Redirect.Ports.Select(ports => (PortRange?)ports)
           select new NftRule([.. source.Parts, ports is { } some ? NftPart.GoesTo(protocol, some) : NftPart.Is(protocol), .. Target(source.Ipv6)]),
    ];

    private IEnumerable<IPNetwork> Excepted =>
        (Inbound.PrivateDestinationsAllowed == true ? [] : Private).Union(Redirect.Except).Where(network => Families.Contains(IsIpv6(network)));

    private IEnumerable<(NftPart[] Parts, bool? Ipv6)> Sources
    {
        get
        {
            bool? only = Families.ToArray() is [var one] ? one : null;
            foreach (string device in Redirect.Interfaces)
                yield return only is { } family ? ([NftPart.ComesBy(device), NftPart.IsFamily(family)], only) : ([NftPart.ComesBy(device)], null);
            foreach (IPNetwork network in Redirect.Networks.Except(Unserved)) yield return ([NftPart.ComesFrom(network)], IsIpv6(network));
        }
    }

    // The mark comes first: without a listener it still leads the packets here, where they are refused, and not past the server.
    private NftPart[] Target(bool? ipv6) => IsTproxy
        ? [NftPart.SetMark(Redirect.Mark), NftPart.Tproxy(ipv6, IsAny ? null : Inbound.Listen.Address, Inbound.Listen.Port), NftPart.Accept]
        : [NftPart.Redirect(Inbound.Listen.Port)];

    private static bool IsIpv6(IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
}
