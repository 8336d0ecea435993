using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>Pools of addresses, judged by the ones that the target sees.</summary>
public sealed class AddressPoolTests
{
    private const int Port = 2000;

    [NamespaceFact]
    public async Task Every_address_of_a_pool_is_seen_behind_source_nat_and_nothing_is_left()
    {
        using GatewayNetwork network = new();
        // 198.51.100.11 is on no interface of the host, 10.1.1.2 is.
        using TemporaryFile config = new($$"""
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:{{Port}}" }]
            exits: [{ name: wan, type: direct, addresses: [198.51.100.11, 10.1.1.2], gateway: 10.1.1.1, interface: h1 }]
            default: wan
            snat: { enabled: true }
            """);
        string before = network.Snapshot();
        SnatSetup.Expect(network, 7, "wan@198.51.100.11", "snat", "verify", config);
        SnatSetup.Expect(network, 0, "nft: table", "snat", "apply", config);
        SnatSetup.Expect(network, 0, "everything is in place", "snat", "verify", config);
        using (NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path))
        {
            Assert.Equal(["10.1.1.2", "198.51.100.11"], await TcpAsync(proxy, network, 6));
            HashSet<string> seen = [];
            for (int i = 0; i < 6; i++) seen.Add(await proxy.UdpSourceAsync(Port, GatewayNetwork.TargetIpv4, network.Target.UdpPort));
            Assert.Equal(["10.1.1.2", "198.51.100.11"], seen.Order(StringComparer.Ordinal));
        }
        SnatSetup.Expect(network, 0, "nft delete table", "snat", "remove", config);
        Assert.Equal(before, network.Snapshot());
    }

    [NamespaceFact]
    public async Task A_pool_follows_the_addresses_of_its_interface()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new($$"""
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:{{Port}}" }]
            exits: [{ name: wan, type: direct, addresses: [h1] }]
            routes: [{ networks: [203.0.113.0/24], exit: wan }]
            """);
        network.RouteBySource();
        network.Host.Do("ip -4 rule add from 10.1.1.77 lookup 201");
        network.Host.Do("ip -6 addr flush dev h1");
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        Assert.Equal(["10.1.1.2"], await TcpAsync(proxy, network, 3));
        network.Host.Do("ip addr add 10.1.1.77/24 dev h1");
        await proxy.LoggedAsync("MX1115 exit wan has other addresses now: 2; wan@10.1.1.77 came, none went");
        Assert.Equal(["10.1.1.2", "10.1.1.77"], await TcpAsync(proxy, network, 6));
        network.Host.Do("ip addr del 10.1.1.77/24 dev h1");
        await proxy.LoggedAsync("MX1115 exit wan has other addresses now: 1; none came, wan@10.1.1.77 went");
        Assert.Equal(["10.1.1.2"], await TcpAsync(proxy, network, 3));
    }

    private static async Task<string[]> TcpAsync(NamespaceProxy proxy, GatewayNetwork network, int count)
    {
        HashSet<string> seen = [];
        for (int i = 0; i < count; i++) seen.Add(await proxy.TcpSourceAsync(Port, GatewayNetwork.TargetIpv4, network.Target.TcpPort));
        return [.. seen.Order(StringComparer.Ordinal)];
    }
}
