using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>A host with three gateways to one target, none of it connected to anything outside.</summary>
/// <remarks>Gateway n: 10.1.n.1 and 10.2.n.1 (fd00:1:n::1 and fd00:2:n::1); the host is .2 before it, the target .2 behind it. The host
/// has a default route through gateway 0. The addresses 198.51.100.1n and 2001:db8:1::1n lead to the host through gateway n and are on no interface,
/// nor are those of the prefixes 2001:db8:7:n::/64.</remarks>
internal sealed partial class GatewayNetwork : IDisposable
{
    public const int Gateways = 3;
    private static int _count;
    private readonly List<NamespaceHost> _all = [];
    private readonly List<NamespaceHost> _gateways = [];

    public GatewayNetwork()
    {
        string prefix = $"multiexit-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        try
        {
            Host = Add($"{prefix}-host");
            Far = Add($"{prefix}-target");
            for (int n = 0; n < Gateways; n++) _gateways.Add(AddGateway(n, Add($"{prefix}-gw{n}")));
            Far.Do($"ip addr add {TargetIpv4} dev lo");
            Far.Do($"ip addr add {TargetIpv6} dev lo nodad");
            // rp_filter's loose mode wants some route back to the target, as any host with a default route has.
            Host.Do("ip route add default via 10.1.0.1");
            WaitForLinks();
            Target = new SourceTarget(Far);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public static IPAddress TargetIpv4 { get; } = IPAddress.Parse("203.0.113.1");

    public static IPAddress TargetIpv6 { get; } = IPAddress.Parse("2001:db8:ff::1");

    public NamespaceHost Host { get; }

    public SourceTarget Target { get; } = null!;

    /// <summary>Where the target is.</summary>
    public NamespaceHost Far { get; }

    /// <summary>Everything that provisioning could leave a trace in.</summary>
    public string Snapshot()
    {
        StringBuilder text = new();
        foreach (string words in (string[])["nft -s list ruleset", "ip -4 rule", "ip -6 rule", "ip -4 route show table all", "ip -6 route show table all"])
            text.AppendLine(words).Append(Host.Do(words));
        if (Command.Exists("iptables")) text.Append(Saved("iptables-save")).Append(Saved("ip6tables-save"));
        for (int n = 0; n < Gateways; n++) text.Append(Host.Do($"cat /proc/sys/net/ipv4/conf/h{n}/rp_filter"));
        return text.ToString();
    }

    /// <summary>Runs <c>multiexit</c> on the host.</summary>
    public (int ExitCode, string Output, string Error) MultiExit(params string[] arguments) => MultiExitWith([], arguments);

    /// <summary>Runs <c>multiexit</c> on the host with variables of the environment, or behind another command.</summary>
    public (int ExitCode, string Output, string Error) MultiExitWith(string[] before, string[] arguments) => Host.MultiExit(before, arguments);

    /// <summary>Gives the host's iptables a rule in each chain that calls MultiExit's chains: iptables makes its tables, empty, with their
    /// first use, and never removes them.</summary>
    public void AddIptablesRulesOfOthers()
    {
        foreach ((string program, string address) in ((string, string)[])[("iptables", "192.0.2.99"), ("ip6tables", "2001:db8:99::1")])
        {
            Host.Do($"{program} -t nat -A POSTROUTING -s {address} -j MASQUERADE");
            Host.Do($"{program} -t mangle -A OUTPUT -s {address} -j ACCEPT");
            Host.Do($"{program} -t mangle -A POSTROUTING -s {address} -j ACCEPT");
        }
    }

    /// <summary>Leads the packets that the host sends from its address before gateway n through that gateway.</summary>
    public void RouteBySource()
    {
        for (int n = 0; n < Gateways; n++)
        {
            Host.Do($"ip -4 rule add from 10.1.{n}.2 lookup {200 + n}");
            Host.Do($"ip -4 route add default via 10.1.{n}.1 table {200 + n}");
            Host.Do($"ip -6 rule add from fd00:1:{n}::2 lookup {200 + n}");
            Host.Do($"ip -6 route add default via fd00:1:{n}::1 table {200 + n}");
        }
    }

    /// <summary>The host's address before gateway n.</summary>
    public static string Address(int n, bool ipv6) => IPAddress.Parse(ipv6 ? $"fd00:1:{n}::2" : $"10.1.{n}.2").ToString();

    /// <summary>Gateway n silently drops all that it should forward.</summary>
    public void Kill(int n)
    {
        _gateways[n].Do("nft add table inet dead");
        _gateways[n].Do("nft add chain inet dead forward { type filter hook forward priority 0 ; policy drop ; }");
    }

    /// <summary>Gateway n forwards again.</summary>
    public void Revive(int n) => _gateways[n].Do("nft delete table inet dead");

    /// <summary>Connections of the host with a mark lose their first packet, so that they take a second longer (RFC 6298 section 2.1).</summary>
    public void Delay(int mark)
    {
        Host.Do("nft add table inet slow");
        Host.Do("nft add set inet slow seen { type inet_service ; flags dynamic ; size 65535 ; }");
        Host.Do("nft add chain inet slow output { type filter hook output priority 0 ; }");
        Host.Do($"nft add rule inet slow output meta mark {mark} tcp flags & (syn | ack) == syn tcp sport != @seen add @seen {{ tcp sport }} drop");
    }

    /// <summary>Lets the gateways count the packets that leave the host for the targets with an address that no exit has.</summary>
    public void WatchForHostAddresses()
    {
        for (int n = 0; n < Gateways; n++)
        {
            _gateways[n].Do("nft add table inet watch");
            _gateways[n].Do("nft add chain inet watch forward { type filter hook forward priority 0 ; }");
            _gateways[n].Do($"nft add rule inet watch forward ip saddr 10.1.0.0/16 ip daddr {TargetIpv4} counter");
            _gateways[n].Do($"nft add rule inet watch forward ip6 saddr fd00:1::/32 ip6 daddr {TargetIpv6} counter");
        }
    }

    /// <summary>How many packets that were.</summary>
    public int HostAddressesSeen() => _gateways.Sum(gateway => CountOf().Matches(gateway.Do("nft list table inet watch"))
        .Sum(match => int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture)));

    /// <summary>Sends one datagram from the host, with a mark.</summary>
    public void Send(int mark, IPAddress target) => Host.Make(() =>
    {
        using Socket socket = new(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // SOL_SOCKET, SO_MARK (socket(7)).
        if (mark != 0) socket.SetRawSocketOption(1, 36, BitConverter.GetBytes(mark));
        try
        {
            socket.SendTo([1], new IPEndPoint(target, Target.UdpPort));
        }
        catch (SocketException)
        {
            // The firewall refused it.
        }
        return 0;
    });

    public void Dispose()
    {
        Target?.Dispose();
        foreach (NamespaceHost space in _all) space.Dispose();
    }

    // Without the date and the counters of chains.
    private string Saved(string program) => string.Join('\n', Host.Do(program).Split('\n')
        .Where(line => !line.StartsWith('#')).Select(line => line.StartsWith(':') ? line.Split('[')[0] : line));

    [GeneratedRegex("counter packets (?<count>[0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CountOf();

    private NamespaceHost Add(string name)
    {
        NamespaceHost space = new(name);
        _all.Add(space);
        return space;
    }

    private NamespaceHost AddGateway(int n, NamespaceHost gateway)
    {
        Link(Host, $"h{n}", gateway, "near", 1, n);
        Link(Far, $"t{n}", gateway, "far", 2, n);
        gateway.Set("ipv4/ip_forward", "1");
        gateway.Set("ipv6/conf/all/forwarding", "1");
        gateway.Do($"ip route add {TargetIpv4} via 10.2.{n}.2");
        gateway.Do($"ip route add {TargetIpv6} via fd00:2:{n}::2");
        gateway.Do($"ip route add 198.51.100.1{n} via 10.1.{n}.2");
        gateway.Do($"ip route add 2001:db8:1::1{n} via fd00:1:{n}::2");
        gateway.Do($"ip route add 2001:db8:7:{n}::/64 via fd00:1:{n}::2");
        foreach (string address in (string[])[$"198.51.100.1{n}", $"10.1.{n}.0/24"]) Far.Do($"ip route add {address} via 10.2.{n}.1");
        foreach (string address in (string[])[$"2001:db8:1::1{n}", $"fd00:1:{n}::2", $"2001:db8:7:{n}::/64"])
            Far.Do($"ip route add {address} via fd00:2:{n}::1");
        return gateway;
    }

    private static void Link(NamespaceHost end, string endName, NamespaceHost gateway, string gatewayName, int side, int n)
    {
        Command.Do($"ip link add {endName} netns {end.Name} type veth peer name {gatewayName} netns {gateway.Name}");
        foreach ((NamespaceHost space, string device, int number) in
            ((NamespaceHost, string, int)[])[(end, endName, 2), (gateway, gatewayName, 1)])
        {
            // Link-local addresses would come later, by themselves, and change the listings.
            space.Do($"ip link set {device} addrgenmode none");
            space.Do($"ip link set {device} up");
            space.Do($"ip addr add 10.{side}.{n}.{number}/24 dev {device}");
            space.Do($"ip addr add fd00:{side}:{n}::{number}/64 dev {device} nodad");
            // A router asks for its neighbours from a link-local address only (RFC 4861 section 7.2.2).
            space.Do($"ip addr add fe80::{number}/64 dev {device} nodad");
        }
    }

    private void WaitForLinks()
    {
        long start = Environment.TickCount64;
        foreach (NamespaceHost space in _all)
        {
            while (space.Do("ip link show").Contains("state DOWN", StringComparison.Ordinal)
                || space.Do("ip route show").Contains("linkdown", StringComparison.Ordinal))
                if (Environment.TickCount64 - start > HostProcess.Limit.TotalMilliseconds) throw new TimeoutException("the links do not come up");
        }
    }
}
