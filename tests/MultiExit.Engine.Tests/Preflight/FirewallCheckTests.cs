using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Preflight.Checks;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Preflight;

/// <summary>Chains of other programs that come before those of source NAT and redirecting.</summary>
public sealed class FirewallCheckTests : IDisposable
{
    private const string Chains = """
        { "nftables": [ { "metainfo": { "json_schema_version": 1 } },
          { "chain": { "family": "ip", "table": "nat", "name": "POSTROUTING", "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept" } },
          { "chain": { "family": "ip", "table": "shaper", "name": "early", "type": "nat", "hook": "postrouting", "prio": -300, "policy": "accept" } },
          { "chain": { "family": "ip", "table": "nat", "name": "PREROUTING", "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept" } },
          { "chain": { "family": "inet", "table": "multiexit_redirect", "name": "redirect0", "type": "nat", "hook": "prerouting", "prio": -100 } },
          { "chain": { "family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "accept" } } ] }
        """;

    private readonly MadeUpHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Without_snat_and_redirect_there_is_nothing_to_check() =>
        Assert.Equal(PreflightStatus.Skipped, Assert.Single(await _host.LookAsync(new FirewallCheck(), new GatewayConfig())).Status);

    [Fact]
    public async Task Without_the_right_to_look_it_says_so()
    {
        _host.System.MayChangeNetwork = false;
        PreflightResult result = Assert.Single(await _host.LookAsync(new FirewallCheck(), Snat()));
        Assert.Equal(PreflightStatus.Skipped, result.Status);
        Assert.Contains("root", result.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_before_source_NAT_is_named_and_what_is_missing_is_an_error_with_the_command()
    {
        _host.System.Chains = Chains;
        IReadOnlyList<PreflightResult> results = await _host.LookAsync(new FirewallCheck(), Snat());
        Assert.Contains(results, result => result is { Status: PreflightStatus.Error, RecommendedAction: "multiexit snat apply --config FILE" });
        PreflightResult earlier = Assert.Single(results, result => result.Status == PreflightStatus.Warning);
        Assert.Contains("the nftables chain ip shaper early (priority -300) comes first", earlier.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_before_redirecting_is_named_and_our_own_is_not()
    {
        _host.System.Chains = Chains;
        GatewayConfig config = new()
        {
            Inbounds = [new TransparentInboundConfig
            {
                Name = "lan", Listen = IPEndPoint.Parse("0.0.0.0:1081"), Redirect = new RedirectConfig { Networks = [IPNetwork.Parse("10.0.0.0/8")] },
            }],
        };
        IReadOnlyList<PreflightResult> results = await _host.LookAsync(new FirewallCheck(), config);
        PreflightResult earlier = Assert.Single(results, result => result.Status == PreflightStatus.Warning);
        Assert.Contains("the nftables chain ip nat PREROUTING (priority -100) comes first", earlier.Detail, StringComparison.Ordinal);
    }

    private static GatewayConfig Snat() => new()
    {
        Snat = new SnatConfig { Enabled = true, Interface = "eth0", Gateway = IPAddress.Parse("192.0.2.254") },
        Exits = [new DirectExitConfig { Name = "one", Address = IPAddress.Parse("192.0.2.1") }],
    };
}
