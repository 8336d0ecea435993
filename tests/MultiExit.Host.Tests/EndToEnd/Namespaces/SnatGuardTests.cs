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
            await proxy.RefusedUdpAsync(port, TargetOf(i), network.Target.UdpPort);
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
