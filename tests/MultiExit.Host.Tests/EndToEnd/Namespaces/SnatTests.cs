using System.Net;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>Policy routing and source NAT, judged by the addresses that the target sees and by the traces left afterwards.</summary>
public sealed class SnatTests
{
    [NamespaceTheory]
    [InlineData("nftables", "nft: table", "nft delete table")]
    [InlineData("iptables", "iptables: 19 rules", "iptables: our chains leave the table mangle")]
    public async Task Targets_see_the_exits_address_and_remove_leaves_nothing(string backend, string applying, string removing)
    {
        using GatewayNetwork network = new();
        if (backend == "iptables") network.AddIptablesRulesOfOthers();
        using TemporaryFile config = new(SnatSetup.Config(backend));
        string before = network.Snapshot();
        SnatSetup.Expect(network, 7, "missing", "snat", "verify", config);
        SnatSetup.Expect(network, 0, "ip -4 rule add", "snat", "plan", config);
        Assert.Equal(before, network.Snapshot());
        SnatSetup.Expect(network, 0, applying, "snat", "apply", config);
        SnatSetup.Expect(network, 0, "everything is in place", "snat", "verify", config);
        string applied = network.Snapshot();
        SnatSetup.Expect(network, 0, "nothing to do", "snat", "apply", config);
        Assert.Equal(applied, network.Snapshot());

        using (NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path))
        {
            for (int i = 0; i < SnatSetup.Exits.Length; i++)
            {
                IPAddress target = SnatSetup.Exits[i].Address.Contains(':', StringComparison.Ordinal) ? GatewayNetwork.TargetIpv6 : GatewayNetwork.TargetIpv4;
                Assert.Equal(SnatSetup.Exits[i].Address, await proxy.TcpSourceAsync(SnatSetup.FirstPort + i, target, network.Target.TcpPort));
                Assert.Equal(SnatSetup.Exits[i].Address, await proxy.UdpSourceAsync(SnatSetup.FirstPort + i, target, network.Target.UdpPort));
            }
            List<string> seen = [];
            for (int i = 0; i < 2 * GatewayNetwork.Gateways; i++)
                seen.Add(await proxy.TcpSourceAsync(SnatSetup.PoolPort, GatewayNetwork.TargetIpv4, network.Target.TcpPort));
            Assert.All(seen.CountBy(address => address), count => Assert.Equal(2, count.Value));
            Assert.Equal(GatewayNetwork.Gateways, seen.Distinct().Count());
            Assert.DoesNotContain("snat", proxy.Log, StringComparison.Ordinal);
        }

        SnatSetup.Expect(network, 0, removing, "snat", "remove", config);
        Assert.Equal(before, network.Snapshot());
        SnatSetup.Expect(network, 0, "nothing to do", "snat", "remove", config);
    }

    [NamespaceFact]
    public async Task A_server_says_at_its_start_what_is_missing()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(SnatSetup.Config());
        using NamespaceProxy proxy = await NamespaceProxy.StartAsync(network.Host, config.Path);
        using CancellationTokenSource limit = new(HostProcess.Limit);
        using PeriodicTimer poll = new(TimeSpan.FromMilliseconds(20));
        while (!proxy.Log.Contains("run `multiexit snat apply`", StringComparison.Ordinal)) await poll.WaitForNextTickAsync(limit.Token);
    }

    [NamespaceFact]
    public void What_a_crash_left_is_repaired_and_removed()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(SnatSetup.Config());
        string before = network.Snapshot();
        SnatSetup.Expect(network, 0, "nft: table", "snat", "apply", config);
        string applied = network.Snapshot();
        // The table is there, half of the rest is not, and a rule of an earlier configuration is left.
        network.Host.Do("ip -4 rule del fwmark 2 lookup 101");
        network.Host.Do("ip -6 route flush table 104");
        network.Host.Do("ip -4 rule add fwmark 99 lookup 199 priority 10050 protocol 77");
        network.Host.Set("ipv4/conf/h1/rp_filter", "1");
        string broken = SnatSetup.Expect(network, 7, "missing rule: ip -4 rule add fwmark 2", "snat", "verify", config);
        Assert.Contains("missing route: ip -6 route add default via fd00:1:1::1", broken, StringComparison.Ordinal);
        Assert.Contains("not in the plan", broken, StringComparison.Ordinal);
        Assert.Contains("rp_filter of h1 is 1", broken, StringComparison.Ordinal);
        SnatSetup.Expect(network, 0, "ip -4 rule add fwmark 2", "snat", "apply", config);
        Assert.Equal(applied, network.Snapshot());
        network.Host.Do("nft flush chain inet multiexit postrouting");
        SnatSetup.Expect(network, 7, "does not have what the exit wan0 needs", "snat", "verify", config);
        SnatSetup.Expect(network, 0, "nft: table", "snat", "apply", config);
        network.Host.Do("ip -4 rule del fwmark 1 lookup 100");
        SnatSetup.Expect(network, 0, "nft delete table", "snat", "remove", config);
        Assert.Equal(before, network.Snapshot());
    }

    [NamespaceFact]
    public void What_cannot_be_done_changes_nothing()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(SnatSetup.Config());
        string before = network.Snapshot();

        config.Write(SnatSetup.Config().Replace("10.1.2.1", "10.9.9.9", StringComparison.Ordinal));
        SnatSetup.Expect(network, 7, "the gateway must be in a network of the interface", "snat", "apply", config);
        Assert.Equal(before, network.Snapshot());

        config.Write(SnatSetup.Config().Replace("interface: h2", "interface: gone0", StringComparison.Ordinal));
        SnatSetup.Expect(network, 7, "the interface gone0 is not on this host", "snat", "apply", config);
        Assert.Equal(before, network.Snapshot());

        config.Write(SnatSetup.Config());
        network.Host.Do("ip route add 192.0.2.0/24 via 10.1.0.1 table 101");
        string foreign = network.Snapshot();
        SnatSetup.Expect(network, 7, "the routing table 101 of the exit wan1 has routes that MultiExit did not make", "snat", "apply", config);
        Assert.Equal(foreign, network.Snapshot());
        network.Host.Do("ip route flush table 101");

        network.Host.Do("ip rule add fwmark 1 lookup 77");
        foreign = network.Snapshot();
        SnatSetup.Expect(network, 7, "the mark 1 of the exit wan0 is used by a rule", "snat", "apply", config);
        Assert.Equal(foreign, network.Snapshot());
        network.Host.Do("ip rule del fwmark 1 lookup 77");

        network.Host.Do("nft add table inet multiexit");
        foreign = network.Snapshot();
        SnatSetup.Expect(network, 7, "was not made by MultiExit", "snat", "apply", config);
        SnatSetup.Expect(network, 0, "nothing to do", "snat", "remove", config);
        Assert.Equal(foreign, network.Snapshot());
        network.Host.Do("nft delete table inet multiexit");
        Assert.Equal(before, network.Snapshot());
    }

    [NamespaceFact]
    public void The_set_up_of_another_configuration_stays()
    {
        using GatewayNetwork network = new();
        using TemporaryFile config = new(SnatSetup.Config());
        SnatSetup.Expect(network, 0, "nft: table", "snat", "apply", config);
        string applied = network.Snapshot();
        using TemporaryFile other = new(SnatSetup.Config().Replace("name: edge", "name: other", StringComparison.Ordinal));
        SnatSetup.Expect(network, 7, "belongs to the configuration edge", "snat", "apply", other);
        SnatSetup.Expect(network, 7, "belongs to the configuration edge", "snat", "remove", other);
        Assert.Equal(applied, network.Snapshot());
    }
}
