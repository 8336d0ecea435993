using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.Tests.Configuration;

namespace MultiExit.Engine.Tests.Provisioning;

/// <summary>Plans for redirecting and their failures on a fake system.</summary>
public sealed class RedirectManagerTests
{
    private const string Tproxy =
        """
        name: gate
        inbounds:
          - name: lan
            type: transparent
            listen: "[::]:12345"
            mode: tproxy
            udp: true
            redirect: { from: [10.1.0.0/16, "fd00:1::/64", eth1], ports: [443, 8000-8999], except: [198.51.100.7/32], mark: 7, table: 300 }
        """;

    private const string Redirect =
        """
        name: gate
        inbounds:
          - { name: lan, type: transparent, listen: "0.0.0.0:12345", private_destinations: allow, redirect: { from: eth1 } }
          - { name: plain, type: transparent, listen: ":12346" }
        """;

    private const string Two =
        """
        name: gate
        inbounds:
          - { name: first, type: transparent, mode: tproxy, listen: "0.0.0.0:1", redirect: { from: eth1, mark: 8, table: 301 } }
          - { name: second, type: transparent, mode: tproxy, listen: "0.0.0.0:2", redirect: { from: eth2, mark: 7, table: 300 } }
        """;

    [Fact]
    public void Tproxy_has_a_way_to_this_host_and_a_chain_that_marks_before_it_hands_over()
    {
        IReadOnlyList<string> plan = Of(Tproxy).Plan();
        Assert.Equal(
            [
                "ip -4 route add local default dev lo table 300 proto 78", "ip -6 route add local default dev lo table 300 proto 78",
                "ip -4 rule add fwmark 7 lookup 300 priority 9000 protocol 78", "ip -6 rule add fwmark 7 lookup 300 priority 9001 protocol 78",
            ], plan.Take(4));
        Assert.Contains("    type filter hook prerouting priority -150; policy accept;", plan);
        Assert.Contains("    ip saddr 10.1.0.0/16 udp dport 443 meta mark set 7 tproxy ip to :12345 accept", plan);
        Assert.Contains("    ip6 saddr fd00:1::/64 tcp dport 8000-8999 meta mark set 7 tproxy ip6 to :12345 accept", plan);
        Assert.Contains("    iifname \"eth1\" tcp dport 443 meta mark set 7 tproxy to :12345 accept", plan);
    }

    [Fact]
    public void What_is_never_caught_leaves_the_chain_first()
    {
        List<string> plan = [.. Of(Tproxy).Plan()];
        int first = plan.FindIndex(line => line.Contains("tproxy ip to", StringComparison.Ordinal));
        foreach (string rule in (string[])["iifname \"lo\" return", "fib daddr type local return", "fib daddr type multicast return",
            "ct direction reply return", "ip daddr 192.168.0.0/16 return", "ip6 daddr fe80::/10 return", "ip daddr 198.51.100.7 return"])
        {
            int at = plan.IndexOf("    " + rule);
            Assert.True(at >= 0 && at < first, rule);
        }
    }

    [Fact]
    public void Redirect_needs_no_route_and_catches_the_family_that_is_listened_for()
    {
        IReadOnlyList<string> plan = Of(Redirect).Plan();
        Assert.DoesNotContain(plan, line => line.StartsWith("ip ", StringComparison.Ordinal));
        Assert.Contains("    type nat hook prerouting priority -100; policy accept;", plan);
        Assert.Contains("    iifname \"eth1\" meta nfproto ipv4 meta l4proto tcp redirect to :12345", plan);
        // The inbound allows private destinations, and the other one has no section redirect.
        Assert.DoesNotContain(plan, line => line.Contains("10.0.0.0/8", StringComparison.Ordinal) || line.Contains("12346", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_makes_the_way_before_the_first_packet_is_marked()
    {
        FakeSystem system = new();
        IReadOnlyList<string> steps = await Of(Tproxy, system).ApplyAsync();
        Assert.Equal(5, steps.Count);
        Assert.All(system.Changes.Take(2), change => Assert.Contains("route add local default", change, StringComparison.Ordinal));
        Assert.All(system.Changes.Skip(2).Take(2), change => Assert.Contains("rule add", change, StringComparison.Ordinal));
        Assert.Equal("nft -f -", system.Changes[4]);
    }

    [Fact]
    public async Task A_step_that_fails_takes_back_those_before_it()
    {
        FakeSystem system = new() { Fails = ("nft -f", "Error: No such file or directory") };
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => Of(Tproxy, system).ApplyAsync());
        Assert.EndsWith("nothing has changed", fault.Message, StringComparison.Ordinal);
        Assert.Equal("ip -4 route del local default dev lo table 300 proto 78", system.Changes[^1]);
    }

    [Fact]
    public async Task The_ways_of_before_stay_until_the_new_table_is_in_force()
    {
        FakeSystem system = new()
        {
            Rules = Rule(9000, 7, 300),
            Routes = """
                [{"type":"2","dst":"default","dev":"lo","table":"300","protocol":"78"},{"type":"2","dst":"default","dev":"lo","table":"299","protocol":"78"}]
                """,
        };
        await Of(Two, system).ApplyAsync();
        Assert.Equal(
            [
                "ip -4 route add local default dev lo table 301 proto 78",
                "ip -4 rule add fwmark 8 lookup 301 priority 9000 protocol 78", "ip -4 rule add fwmark 7 lookup 300 priority 9001 protocol 78",
                "nft -f -",
                "ip -4 rule del fwmark 7 lookup 300 priority 9000 protocol 78", "ip -4 route del local default dev lo table 299 proto 78",
            ], system.Changes);
    }

    [Fact]
    public async Task Another_route_in_the_table_goes_before_the_planned_one_comes()
    {
        FakeSystem system = new() { Routes = """[{"type":"1","dst":"default","dev":"eth1","table":"300","protocol":"78"}]""" };
        await Of(Two, system).ApplyAsync();
        Assert.Equal("ip -4 route del default dev eth1 table 300 proto 78", system.Changes[0]);
        Assert.Single(system.Changes, change => change.Contains(" del ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rule_or_route_that_is_missing_is_put_down_to_the_inbound_that_needs_it()
    {
        FakeSystem system = new()
        {
            Rules = Rule(9000, 8, 301), Routes = """[{"type":"2","dst":"default","dev":"lo","table":"301","protocol":"78"}]""",
        };
        RedirectStatus status = await Of(Two, system).GetStatusAsync();
        SetupDifference[] missing = [.. status.Differences!.Where(difference => difference.Kind != SetupDifferenceKind.Firewall)];
        Assert.Equal(
            [
                new("second", SetupDifferenceKind.Rule, "missing rule: ip -4 rule add fwmark 7 lookup 300 priority 9001 protocol 78"),
                new("second", SetupDifferenceKind.Route, "missing route: ip -4 route add local default dev lo table 300 proto 78"),
            ], missing);
        Assert.Equal((false, missing[0].Message), (status.Inbounds[1].IsApplied, status.Inbounds[1].Reason));
    }

    [Fact]
    public async Task A_rule_of_several_inbounds_is_missing_for_each_of_them()
    {
        RedirectStatus status = await Of(Two.Replace("mark: 8, table: 301", "mark: 7, table: 300", StringComparison.Ordinal)).GetStatusAsync();
        Assert.Equal(
            ["first", "second"], status.Differences!.Where(difference => difference.Kind == SetupDifferenceKind.Rule).Select(difference => difference.Name));
    }

    [Theory]
    [InlineData("""[{"priority":9,"src":"all","fwmark":"0x7","table":"9"}]""", "[]", "the mark 7 of the inbound lan is used by a rule")]
    [InlineData("""[{"priority":9,"src":"all","fwmark":"0x7","table":"9","protocol":"77"}]""", "[]", "the mark 7 of the inbound lan is used by a rule")]
    [InlineData("""[{"priority":9,"src":"all","table":"300"}]""", "[]", "the routing table 300 of the inbound lan is used by a rule")]
    [InlineData("[]", """[{"dst":"default","dev":"eth0","table":"300","protocol":"3"}]""", "the routing table 300 of the inbound lan has routes")]
    public async Task What_others_use_is_left_alone(string rules, string routes, string expected)
    {
        FakeSystem system = new() { Rules = rules, Routes = routes };
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => Of(Tproxy, system).ApplyAsync());
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Empty(system.Changes);
    }

    [Fact]
    public async Task What_is_there_of_source_NAT_is_not_taken_for_its_own()
    {
        FakeSystem system = new() { Rules = """[{"priority":10000,"src":"all","fwmark":"0x1","table":"100","protocol":"77"}]""" };
        IReadOnlyList<string> steps = await Of(Redirect, system).ApplyAsync();
        Assert.Single(steps);
        Assert.Empty(await Of(Redirect, system).RemoveAsync());
    }

    [Fact]
    public async Task Without_nft_or_the_capability_nothing_changes()
    {
        FakeSystem system = new() { Missing = { "nft" } };
        ProxyException fault = await Assert.ThrowsAsync<ProxyException>(() => Of(Redirect, system).ApplyAsync());
        Assert.Contains("redirecting needs nft, and there is no way by iptables", fault.Message, StringComparison.Ordinal);
        FakeSystem powerless = new() { MayChangeNetwork = false };
        fault = await Assert.ThrowsAsync<ProxyException>(() => Of(Redirect, powerless).RemoveAsync());
        Assert.Equal(ProxyError.PermissionDenied, fault.Reason);
        Assert.Contains("sudo multiexit redirect remove", fault.Message, StringComparison.Ordinal);
        Assert.Empty(system.Changes.Concat(powerless.Changes));
    }

    [Theory]
    [InlineData("inbounds: [{ name: a, type: transparent, listen: \":1\" }]", "no inbound of the type transparent has a section `redirect`")]
    [InlineData("inbounds: [{ name: a, type: transparent, listen: \"0.0.0.0:1\", redirect: { from: \"fd00::/8\" } }]",
        "the inbound a does not listen for the family of fd00::/8")]
    [InlineData("inbounds: [{ name: a, type: transparent, mode: tproxy, listen: \":1\", redirect: { from: eth1, mark: 4 } }]\n"
            + "exits: [{ name: w, type: direct, mark: 4 }]",
        "the inbound a and the exit w have the same mark 4")]
    public void A_plan_that_contradicts_itself_is_none(string yaml, string expected)
    {
        ProxyException fault = Assert.Throws<ProxyException>(() => Of(yaml).Plan());
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    private static string Rule(int priority, int mark, int table) =>
        $$"""[{"priority":{{priority}},"src":"all","fwmark":"0x{{mark:x}}","table":"{{table}}","protocol":"78"}]""";

    private static RedirectManager Of(string yaml, FakeSystem? system = null) => new(ConfigAssert.Valid(yaml), system ?? new FakeSystem());
}
