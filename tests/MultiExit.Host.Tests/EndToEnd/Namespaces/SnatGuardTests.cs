using System.Net;
using System.Net.Sockets;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>Without its source NAT nothing leaves through an exit: the gateways count the packets that have the host's own address.</summary>
public sealed class SnatGuardTests
{
    // The exits whose addresses are on no interface; the others are bound.
    private const int Rewritten = 2 * GatewayNetwork.Gateways;

    [NamespaceTheory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task Nothing_leaves_before_apply_nor_after_remove(string backend)
    {
        using GatewayNetwork network = new();
        network.WatchForHostAddresses();
        using TemporaryFile config = new(SnatSetup.Config(backend));
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        await proxy.LoggedAsync("MX1008 exit wan5 takes no connections");
        await RefusedAsync(network, proxy);
        Assert.Contains("MX1008 exit wan0 takes no connections", proxy.Log, StringComparison.Ordinal);
        Assert.Contains("the source NAT for exit wan0 (198.51.100.10) is not applied: run `multiexit snat apply`", proxy.Log, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => proxy.TcpSourceAsync(SnatSetup.PoolPort, GatewayNetwork.TargetIpv4, network.Target.TcpPort));
        Assert.Equal(0, network.HostAddressesSeen());

        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        await proxy.LoggedAsync("MX1009 exit wan5 takes connections");
        for (int i = 0; i < Rewritten; i++)
        {
            Assert.Equal(SnatSetup.Exits[i].Address, await proxy.TcpSourceAsync(SnatSetup.FirstPort + i, TargetOf(i), network.Target.TcpPort));
            Assert.Equal(SnatSetup.Exits[i].Address, await proxy.UdpSourceAsync(SnatSetup.FirstPort + i, TargetOf(i), network.Target.UdpPort));
        }
        Assert.Equal(0, network.HostAddressesSeen());

        using Socket listener = network.Far.Make(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(GatewayNetwork.TargetIpv4, 0));
        listener.Listen();
        using Socket held = await proxy.ConnectAsync(SnatSetup.FirstPort, GatewayNetwork.TargetIpv4, ((IPEndPoint)listener.LocalEndPoint!).Port);
        SnatSetup.Expect(network, 0, "", "snat", "remove", config);
        using (CancellationTokenSource limit = new(HostProcess.Limit)) await EndAsync(held, limit.Token);

        int before = network.HostAddressesSeen();
        await RefusedAsync(network, proxy);
        Assert.Equal(before, network.HostAddressesSeen());
    }

    [NamespaceTheory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public async Task Packets_that_lost_their_route_are_dropped_by_the_kernel(string backend)
    {
        using GatewayNetwork network = new();
        network.WatchForHostAddresses();
        using TemporaryFile config = new(SnatSetup.Config(backend));
        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        network.Host.Do("ip -6 route add default via fd00:1:0::1");
        // Half removed, as by a crash; the packets of a marked socket would now go by the main table.
        network.Host.Do("ip -4 rule del fwmark 2 lookup 101");
        network.Host.Do("ip -6 route flush table 104");
        network.Send(mark: 2, GatewayNetwork.TargetIpv4);
        network.Send(mark: 5, GatewayNetwork.TargetIpv6);
        Assert.Equal(0, network.HostAddressesSeen());
        // The same without the mark is seen: the count is one that can rise.
        network.Send(mark: 0, GatewayNetwork.TargetIpv4);
        Assert.NotEqual(0, network.HostAddressesSeen());
    }

    // The usual place of a masquerade. Of chains with the same priority the one that was made last comes first.
    [NamespaceFact]
    public async Task A_masquerade_that_others_make_later_does_not_overtake_ours()
    {
        using GatewayNetwork network = new();
        network.WatchForHostAddresses();
        using TemporaryFile config = new(SnatSetup.Config());
        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        foreach (string family in (string[])["ip", "ip6"])
        {
            network.Host.Do($"nft add table {family} nat");
            foreach (string priority in (string[])["srcnat", "-150"])
            {
                string chain = priority == "srcnat" ? "usual" : "early";
                network.Host.Do($"nft add chain {family} nat {chain} {{ type nat hook postrouting priority {priority} ; }}");
                network.Host.Do($"nft add rule {family} nat {chain} masquerade");
            }
        }
        for (int i = 0; i < Rewritten; i++)
        {
            Assert.Equal(SnatSetup.Exits[i].Address, await proxy.TcpSourceAsync(SnatSetup.FirstPort + i, TargetOf(i), network.Target.TcpPort));
            Assert.Equal(SnatSetup.Exits[i].Address, await proxy.UdpSourceAsync(SnatSetup.FirstPort + i, TargetOf(i), network.Target.UdpPort));
        }
        Assert.Equal(0, network.HostAddressesSeen());
        SnatSetup.Expect(network, 0, "everything is in place", "snat", "verify", config);
    }

    [NamespaceFact]
    public async Task A_chain_of_others_that_may_come_first_is_named_its_packets_are_dropped_and_the_exits_are_shut()
    {
        using GatewayNetwork network = new();
        network.WatchForHostAddresses();
        using TemporaryFile config = new(SnatSetup.Config());
        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        Assert.Equal(SnatSetup.Exits[0].Address, await proxy.TcpSourceAsync(SnatSetup.FirstPort, TargetOf(0), network.Target.TcpPort));
        network.Host.Do("nft add table ip other");
        network.Host.Do("nft add chain ip other first { type nat hook postrouting priority -199 ; }");
        network.Host.Do("nft add rule ip other first masquerade");
        // At once, by the kernel.
        network.Send(mark: 1, GatewayNetwork.TargetIpv4);
        Assert.Equal(0, network.HostAddressesSeen());
        const string Named = "the nftables chain ip other first (priority -199) may run before our source NAT";
        SnatSetup.Expect(network, 7, Named, "snat", "verify", config);
        Assert.Contains(Named, SnatSetup.Expect(network, 7, "nothing has changed", "snat", "apply", config), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => proxy.TcpSourceAsync(SnatSetup.FirstPort, TargetOf(0), network.Target.TcpPort));
        await proxy.LoggedAsync("MX1008 exit wan0 takes no connections");
        Assert.Contains(Named, proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("MX1008 exit wan3", proxy.Log, StringComparison.Ordinal); // IPv6
        network.Host.Do("nft delete table ip other");
        await proxy.LoggedAsync("MX1009 exit wan0 takes connections");
        Assert.Equal(SnatSetup.Exits[0].Address, await proxy.TcpSourceAsync(SnatSetup.FirstPort, TargetOf(0), network.Target.TcpPort));
        Assert.Equal(0, network.HostAddressesSeen());
    }

    [NamespaceFact]
    public async Task A_rule_of_others_before_ours_in_iptables_is_named_the_exits_are_shut_and_apply_gets_before_it()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(SnatSetup.Config("iptables"));
        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        // Those of containers match no packet of an exit.
        network.Host.Do("iptables -t nat -I POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE");
        network.Host.Do("iptables -t nat -I POSTROUTING -o elsewhere0 -j MASQUERADE");
        SnatSetup.Expect(network, 0, "everything is in place", "snat", "verify", config);
        Assert.Equal(SnatSetup.Exits[0].Address, await proxy.TcpSourceAsync(SnatSetup.FirstPort, TargetOf(0), network.Target.TcpPort));
        network.Host.Do("iptables -t nat -I POSTROUTING -o h0 -j MASQUERADE");
        await proxy.LoggedAsync("MX1008 exit wan0 takes no connections");
        Assert.Contains(
            "the iptables rule `-A POSTROUTING -o h0 -j MASQUERADE` of the table nat stands before our source NAT",
            proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("MX1008 exit wan1", proxy.Log, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => proxy.TcpSourceAsync(SnatSetup.FirstPort, TargetOf(0), network.Target.TcpPort));
        SnatSetup.Expect(network, 0, "iptables: ", "snat", "apply", config);
        SnatSetup.Expect(network, 0, "everything is in place", "snat", "verify", config);
        await proxy.LoggedAsync("MX1009 exit wan0 takes connections");
        Assert.Equal(SnatSetup.Exits[0].Address, await proxy.TcpSourceAsync(SnatSetup.FirstPort, TargetOf(0), network.Target.TcpPort));
        SnatSetup.Expect(network, 0, "", "snat", "remove", config);
    }

    [NamespaceFact]
    public async Task A_server_that_may_not_look_sends_nothing()
    {
        using GatewayNetwork network = new();
        network.WatchForHostAddresses();
        using TemporaryFile config = new(SnatSetup.Config());
        SnatSetup.Expect(network, 0, "", "snat", "apply", config);
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(
            network.Host, config.Path, "setpriv", "--inh-caps=-all", "--bounding-set=-net_admin");
        await RefusedAsync(network, proxy);
        Assert.Contains("the source NAT for exit wan0 (198.51.100.10) cannot be checked, so nothing is sent: looking at the firewall needs CAP_NET_ADMIN",
            proxy.Log, StringComparison.Ordinal);
    }

    private static IPAddress TargetOf(int exit) =>
        SnatSetup.Exits[exit].Address.Contains(':', StringComparison.Ordinal) ? GatewayNetwork.TargetIpv6 : GatewayNetwork.TargetIpv4;

    private static async Task RefusedAsync(GatewayNetwork network, NamespaceProxy proxy)
    {
        int before = network.HostAddressesSeen();
        for (int i = 0; i < Rewritten; i++)
        {
            int port = SnatSetup.FirstPort + i;
            await Assert.ThrowsAsync<InvalidOperationException>(() => proxy.TcpSourceAsync(port, TargetOf(i), network.Target.TcpPort));
            await proxy.RefusedUdpAsync(port);
        }
        Assert.Equal(before, network.HostAddressesSeen());
    }

    private static async Task EndAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[64], cancellationToken) > 0) continue;
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
    }
}
