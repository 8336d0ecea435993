using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>Source addresses, judged by the ones that the target sees.</summary>
public sealed class SourceAddressTests
{
    private const int EachPort = 2000, ClientPort = 2001, RoutedPort = 2002, PoolPort = 2003, InboundPort = 2004, LocalPort = 2005;

    private const string Config =
        """
        inbounds:
          - { name: each, type: socks5, listen: "127.0.0.1:2000" }
          - { name: client, type: socks5, listen: "127.0.0.1:2001" }
          - { name: routed, type: socks5, listen: "127.0.0.1:2002" }
          - { name: pool, type: socks5, listen: "127.0.0.1:2003" }
          - { name: own, type: socks5, listen: ":2004", private_destinations: allow }
          - { name: local, type: socks5, listen: ":2005", private_destinations: allow }
        exits:
          - { name: six0, type: direct, prefix: "2001:db8:7:0::/64" }
          - { name: six0c, type: direct, prefix: "2001:db8:7:0::/64", bind: client }
          - { name: six1, type: direct, prefix: "2001:db8:7:1::/64", gateway: "fd00:1:1::1", interface: h1, mark: 7 }
          - { name: six2, type: direct, prefix: "2001:db8:7:2::/64", gateway: "fd00:1:2::1", interface: h2 }
          - { name: own, type: direct, address: inbound }
        groups:
          - { name: pool, strategy: round_robin, exits: [six1, six2] }
        default: own
        routes:
          - { inbounds: [each], exit: six0 }
          - { inbounds: [client], exit: six0c }
          - { inbounds: [routed], exit: six1 }
          - { inbounds: [pool], exit: pool }
          - { inbounds: [local], local_networks: [10.1.0.77, "2001:db8:7::/48"], exit: block }
        snat: { enabled: true }
        """;

    [NamespaceFact]
    public async Task Each_connection_leaves_from_another_address_of_the_prefix()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(Config);
        network.Host.Do("ip -6 route add default via fd00:1:0::1");
        for (int n = 0; n < 2; n++) network.Host.Do($"ip -6 route add local 2001:db8:7:{n}::/64 dev lo");
        (int exitCode, string output, string error) = network.MultiExit("snat", "apply", "--config", config.Path);
        Assert.True(exitCode == 0, output + error);
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        await proxy.LoggedAsync("exit six2: answers to the addresses of 2001:db8:7:2::/64 do not end at this host; run: ip -6 route add local");
        Assert.DoesNotContain("exit six1", proxy.Log, StringComparison.Ordinal);
        network.Host.Do("ip -6 route add local 2001:db8:7:2::/64 dev lo");

        List<string> each = await SourcesAsync(proxy, network, EachPort, 4);
        Assert.Equal(8, each.Distinct().Count());
        Assert.All(each, source => AssertIn("2001:db8:7:0::/64", source));

        string one = Assert.Single((await SourcesAsync(proxy, network, ClientPort, 2)).Distinct());
        AssertIn("2001:db8:7:0::/64", one);

        // Through another gateway, by its mark and its routing table: the main table leads through gateway 0.
        Assert.All(await SourcesAsync(proxy, network, RoutedPort, 1), source => AssertIn("2001:db8:7:1::/64", source));
        long before = Forwarded(network, 2);
        List<string> pool = await SourcesAsync(proxy, network, PoolPort, 2);
        Assert.Equal(4, pool.Distinct().Count());
        Assert.Equal(2, pool.CountBy(source => source[.."2001:db8:7:1".Length]).Count());
        Assert.True(Forwarded(network, 2) > before);
    }

    [NamespaceFact]
    public async Task What_goes_out_has_the_address_the_client_came_in_on()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(Config);
        network.Host.Do("ip -6 route add default via fd00:1:0::1");
        network.Host.Do("ip addr add 10.1.0.77/24 dev h0");
        // On no interface, yet of this host.
        network.Host.Do("ip -6 route add local 2001:db8:7:0::/64 dev lo");
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        foreach (string address in (string[])["10.1.0.2", "10.1.0.77", "fd00:1:0::2", "2001:db8:7:0::beef", "10.1.0.2"])
        {
            IPEndPoint own = new(IPAddress.Parse(address), InboundPort);
            IPAddress target = own.AddressFamily == AddressFamily.InterNetwork ? GatewayNetwork.TargetIpv4 : GatewayNetwork.TargetIpv6;
            Assert.Equal(own.Address.ToString(), await proxy.TcpSourceAsync(own, target, network.Target.TcpPort));
            Assert.Equal(own.Address.ToString(), await proxy.UdpSourceAsync(own, target, network.Target.UdpPort));
        }
        // A rule by that address.
        foreach ((string address, bool blocked) in ((string, bool)[])
            [("10.1.0.2", false), ("10.1.0.77", true), ("fd00:1:0::2", false), ("2001:db8:7:0::beef", true)])
        {
            IPEndPoint own = new(IPAddress.Parse(address), LocalPort);
            IPAddress target = own.AddressFamily == AddressFamily.InterNetwork ? GatewayNetwork.TargetIpv4 : GatewayNetwork.TargetIpv6;
            Task<string> source = proxy.TcpSourceAsync(own, target, network.Target.TcpPort);
            if (blocked) await Assert.ThrowsAsync<InvalidOperationException>(() => source);
            else Assert.Equal(own.Address.ToString(), await source);
        }
        await Assert.ThrowsAsync<InvalidOperationException>(() => proxy.TcpSourceAsync(
            new IPEndPoint(IPAddress.Parse("10.1.0.2"), InboundPort), GatewayNetwork.TargetIpv6, network.Target.TcpPort));
        await proxy.LoggedAsync("is of another family than 10.1.0.2, the address the client came in on");
        await Assert.ThrowsAsync<InvalidOperationException>(() => proxy.TcpSourceAsync(InboundPort, GatewayNetwork.TargetIpv4, network.Target.TcpPort));
        await proxy.LoggedAsync("the client came in on 127.0.0.1, from which 203.0.113.1 cannot be reached");
    }

    [NamespaceFact]
    public Task One_source_address_has_every_port_for_each_destination_portable() => EveryPortAsync(new PortableTransport());

    [NamespaceFact]
    public Task One_source_address_has_every_port_for_each_destination_reactor() => EveryPortAsync(new ReactorTransport(1));

    private static async Task EveryPortAsync(ITransport transport)
    {
        const int Ports = 8, Targets = 3;
        using NamespaceHost space = new($"multiexit-{Environment.ProcessId}-ports-{transport.GetType().Name}");
        space.Set("ipv4/ip_local_port_range", $"40001 {40000 + Ports}");
        IPAddress source = IPAddress.Parse("127.0.0.9");
        List<Socket> targets = [];
        List<SocketStream> connections = [];
        try
        {
            for (int i = 0; i < Targets; i++)
            {
                Socket target = space.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                targets.Add(target);
                target.Bind(new IPEndPoint(IPAddress.Loopback, 5000 + i));
                target.Listen(2 * Ports);
            }
            foreach (Socket target in targets)
                for (int i = 0; i < Ports; i++) connections.Add(await ConnectAsync(space, transport, source, target));
            Assert.Equal(Ports * Targets, connections.Count);
            Assert.All(connections, connection => Assert.Equal(source, connection.LocalEndPoint.Address));
            SocketException none = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(space, transport, source, targets[0]));
            Assert.Contains("every local port of 127.0.0.9 towards 127.0.0.1:5000 is in use", none.Message, StringComparison.Ordinal);
        }
        finally
        {
            foreach (SocketStream connection in connections) await connection.DisposeAsync();
            foreach (Socket target in targets) target.Dispose();
            await transport.DisposeAsync();
        }
    }

    private static Task<SocketStream> ConnectAsync(NamespaceHost space, ITransport transport, IPAddress source, Socket target) =>
        space.Make(() => transport.ConnectAsync((IPEndPoint)target.LocalEndPoint!, new ConnectOptions(source), default).AsTask()).WaitAsync(HostProcess.Limit);

    private static async Task<List<string>> SourcesAsync(NamespaceProxy proxy, GatewayNetwork network, int port, int times)
    {
        List<string> seen = [];
        for (int i = 0; i < times; i++)
        {
            seen.Add(await proxy.TcpSourceAsync(port, GatewayNetwork.TargetIpv6, network.Target.TcpPort));
            seen.Add(await proxy.UdpSourceAsync(port, GatewayNetwork.TargetIpv6, network.Target.UdpPort));
        }
        return seen;
    }

    private static void AssertIn(string prefix, string source) => Assert.True(IPNetwork.Parse(prefix).Contains(IPAddress.Parse(source)), source);

    // Packets that the host has sent to a gateway.
    private static long Forwarded(GatewayNetwork network, int gateway) =>
        long.Parse(network.Host.Do($"cat /sys/class/net/h{gateway}/statistics/tx_packets"), System.Globalization.CultureInfo.InvariantCulture);
}
