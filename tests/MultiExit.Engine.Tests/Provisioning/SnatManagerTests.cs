using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Engine.Tests.Provisioning;

/// <summary>Plans and their failures on a fake system.</summary>
public sealed class SnatManagerTests
{
    private static readonly GatewayConfig Config = new()
    {
        Name = "edge",
        Exits =
        [
            new DirectExitConfig { Name = "plain" },
            new DirectExitConfig { Name = "wan1", Address = IPAddress.Parse("198.51.100.10") },
            new DirectExitConfig { Name = "wan2", Address = IPAddress.Parse("192.0.2.7"), Mark = 40 },
            new DirectExitConfig { Name = "wan3", Address = IPAddress.Parse("2001:db8::7"), Gateway = IPAddress.Parse("2001:db8::1") },
        ],
        Snat = new SnatConfig { Enabled = true, Gateway = IPAddress.Parse("192.0.2.1"), Interface = "eth0", MarkBase = 5, TableBase = 200 },
    };

    [Fact]
    public void Plan_has_a_mark_a_table_and_a_rewriting_for_each_exit()
    {
        IReadOnlyList<string> plan = new SnatManager(Config, new FakeSystem()).Plan();
        Assert.Contains("echo 2 > /proc/sys/net/ipv4/conf/eth0/rp_filter", plan);
        Assert.Contains("ip -4 rule add fwmark 5 lookup 200 priority 10000 protocol 77", plan);
        Assert.Contains("ip -4 rule add fwmark 40 lookup 201 priority 10001 protocol 77", plan);
        Assert.Contains("ip -6 rule add fwmark 7 lookup 202 priority 10002 protocol 77", plan);
        // Only an address of this host can be the source of a route.
        Assert.Contains("ip -4 route add default via 192.0.2.1 dev eth0 table 200 proto 77", plan);
        Assert.Contains("ip -4 route add default via 192.0.2.1 dev eth0 src 192.0.2.7 table 201 proto 77", plan);
        Assert.Contains("    meta mark 5 oifname \"eth0\" meta nfproto ipv4 snat ip to 198.51.100.10", plan);
        Assert.Contains("    meta mark 7 oifname \"eth0\" meta nfproto ipv6 snat ip6 to 2001:db8::7", plan);
        Assert.DoesNotContain(plan, line => line.Contains("plain", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_makes_routes_before_the_rules_that_lead_to_them()
    {
        FakeSystem system = new();
        IReadOnlyList<string> steps = await new SnatManager(Config, system).ApplyAsync();
        Assert.Equal(system.Changes.Count, steps.Count);
        Assert.Equal(["nft -f -", "/proc/sys/net/ipv4/conf/eth0/rp_filter = 2"], system.Changes.Take(2));
        Assert.All(system.Changes.Skip(2).Take(3), change => Assert.Contains("route add", change, StringComparison.Ordinal));
        Assert.All(system.Changes.Skip(5), change => Assert.Contains("rule add", change, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_step_that_fails_takes_back_those_before_it()
    {
        FakeSystem system = new() { Fails = ("table 201", "Error: Nexthop has invalid gateway.") };
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => new SnatManager(Config, system).ApplyAsync());
        Assert.Contains("the gateway must be in a network of the interface", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("nothing has changed", fault.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["ip -4 route del default via 192.0.2.1 dev eth0 table 200 proto 77", "/proc/sys/net/ipv4/conf/eth0/rp_filter = 1", "nft -f -"],
            system.Changes.TakeLast(3));
        Assert.Equal("1", system.Settings["/proc/sys/net/ipv4/conf/eth0/rp_filter"]);
    }

    [Theory]
    [InlineData("""[{"priority":9,"src":"all","fwmark":"0x5","table":"9"}]""", "[]", "the mark 5 of the exit wan1 is used by a rule")]
    [InlineData("""[{"priority":9,"src":"all","fwmark":"0x5/0xff","table":"9"}]""", "[]", "the mark 5 of the exit wan1 is used by a rule")]
    [InlineData("""[{"priority":9,"src":"all","table":"201"}]""", "[]", "the routing table 201 of the exit wan2 is used by a rule")]
    [InlineData("[]", """[{"dst":"default","dev":"eth0","table":"200","protocol":"3"}]""", "the routing table 200 of the exit wan1 has routes")]
    public async Task What_others_use_is_left_alone(string rules, string routes, string expected)
    {
        FakeSystem system = new() { Rules = rules, Routes = routes };
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => new SnatManager(Config, system).ApplyAsync());
        Assert.Equal(ProxyError.Provisioning, fault.Reason);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Empty(system.Changes);
    }

    [Fact]
    public async Task Without_the_capability_nothing_is_tried()
    {
        SnatManager manager = new(Config, new FakeSystem { MayChangeNetwork = false });
        foreach (Func<Task> call in (Func<Task>[])[() => manager.ApplyAsync(), () => manager.VerifyAsync(), () => manager.RemoveAsync()])
        {
            ProxyException fault = await Assert.ThrowsAsync<ProxyException>(call);
            Assert.Equal(ProxyError.PermissionDenied, fault.Reason);
            Assert.Contains("CAP_NET_ADMIN", fault.Message, StringComparison.Ordinal);
        }
        Assert.NotEmpty(manager.Plan());
    }

    [Theory]
    [InlineData("ip")]
    [InlineData("nft")]
    public async Task A_missing_program_is_named(string program)
    {
        FakeSystem system = new();
        system.Missing.UnionWith([program, "iptables-save"]);
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => new SnatManager(Config, system).ApplyAsync());
        Assert.Contains($"the program {program} is not installed", fault.Message, StringComparison.Ordinal);
        Assert.Empty(system.Changes);
    }

    [Fact]
    public async Task Where_nft_is_missing_iptables_takes_its_place()
    {
        FakeSystem system = new();
        system.Missing.Add("nft");
        SnatManager manager = new(Config, system);
        Assert.Contains(manager.Plan(), line => line.StartsWith("iptables-restore --noflush", StringComparison.Ordinal));
        await manager.ApplyAsync();
        Assert.Equal(
            ["iptables-restore --noflush --wait 10", "iptables-restore --noflush --wait 10",
                "ip6tables-restore --noflush --wait 10", "ip6tables-restore --noflush --wait 10"],
            system.Changes.Take(4));
        Assert.DoesNotContain(system.Changes, change => change.StartsWith("nft", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_preview_changes_nothing()
    {
        FakeSystem system = new();
        IReadOnlyList<string> commands = await new SnatManager(Config, system).PreviewAsync(remove: false);
        Assert.Contains("echo 2 > /proc/sys/net/ipv4/conf/eth0/rp_filter", commands);
        Assert.Contains("ip -4 rule add fwmark 5 lookup 200 priority 10000 protocol 77", commands);
        Assert.Contains("    meta mark 5 oifname != \"eth0\" drop", commands);
        Assert.Empty(await new SnatManager(Config, system).PreviewAsync(remove: true));
        Assert.Empty(system.Changes);
    }

    [Fact]
    public async Task An_interface_that_is_gone_is_named()
    {
        FakeSystem system = new();
        system.Settings.Clear();
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => new SnatManager(Config, system).ApplyAsync());
        Assert.Contains("the interface eth0 is not on this host", fault.Message, StringComparison.Ordinal);
        Assert.Empty(system.Changes);
    }
}
