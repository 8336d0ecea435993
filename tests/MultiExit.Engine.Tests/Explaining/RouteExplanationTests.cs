using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Explaining;

/// <summary>Explanations for a configuration that no server runs.</summary>
public sealed class RouteExplanationTests
{
    private static readonly GatewayConfig Config = new()
    {
        Inbounds =
        [
            new Socks5InboundConfig
            {
                Name = "office", Listen = new(IPAddress.Any, 1080), Users = [new UserConfig("alice", Secret.Random())],
            },
            new HttpInboundConfig { Name = "local", Listen = new(IPAddress.Loopback, 8080) },
        ],
        Exits =
        [
            new DirectExitConfig { Name = "wan1", Address = IPAddress.Parse("198.51.100.1"), Mark = 7, Interface = "eth1" },
            new DirectExitConfig { Name = "wan6", Address = IPAddress.Parse("2001:db8::1") },
            new Socks5ExitConfig { Name = "corp", Server = Pools.To("proxy.example", 1080), Via = "wan1" },
            new HttpExitConfig { Name = "web", Server = Pools.To("web.example", 3128), Via = "corp" },
        ],
        Groups =
        [
            new GroupConfig { Name = "wan", Exits = ["wan6", "wan1"], Strategy = GroupStrategy.Failover, Retries = 1 },
            new GroupConfig { Name = "any", Exits = ["web", "wan"], Strategy = GroupStrategy.Random },
            new GroupConfig { Name = "bound", Exits = ["wan1", "corp"], Strategy = GroupStrategy.Sticky },
            new GroupConfig { Name = "proxies", Exits = ["web", "corp"], Strategy = GroupStrategy.RoundRobin },
        ],
        Routes =
        [
            new RouteConfig { Ports = [new(25, 25)], Exit = "block" },
            new RouteConfig { Users = ["alice"], Inbounds = ["office"], Domains = [".corp.example"], Exit = "corp" },
            new RouteConfig { Networks = [IPNetwork.Parse("45.0.113.0/24")], Exit = "any" },
            new RouteConfig { Ports = [new(5000, 5000)], Exit = "bound" },
            new RouteConfig { Ports = [new(53, 53)], Exit = "proxies" },
        ],
        Default = "wan",
    };

    [Fact]
    public async Task The_default_says_why_no_rule_matched()
    {
        RouteExplanation told = await ExplainAsync("45.0.2.9:443");
        Assert.Equal((RouteOutcome.Served, null), (told.Outcome, told.Rule));
        Assert.Equal(
            [
                "ports: 25 -> block|ports: the port is 443",
                "users: alice; inbounds: office; domains: .corp.example -> corp|domains: the destination is an address, not a name",
                "networks: 45.0.113.0/24 -> any|networks: 45.0.2.9 is in none",
                "ports: 5000 -> bound|ports: the port is 443",
                "ports: 53 -> proxies|ports: the port is 443",
            ],
            told.Rules.Select(rule => $"{rule.Text}|{rule.Reason}"));
        Assert.Contains(told.Notes, note => note.Contains("log in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_of_another_family_fails_and_the_retry_takes_the_next()
    {
        RouteExplanation told = await ExplainAsync("45.0.2.9:443");
        Assert.Equal(["wan", "wan1"], told.Path);
        Assert.Equal([MemberChoice.Fails, MemberChoice.Taken], told.Exit.Members.Select(member => member.Choice));
        ExitExplanation leaf = Assert.Single(told.Leaves);
        Assert.Equal(("198.51.100.1", 7, null, null, "eth1"), (leaf.Source, leaf.Mark, leaf.Table, leaf.Gateway, leaf.Interface));
        Assert.Equal("wan > wan1: direct, source address 198.51.100.1, mark 7, interface eth1", told.Reason);

        told = await ExplainAsync("45.0.2.9:443", config: Config with { Groups = [.. Config.Groups.Select(group => group with { Retries = 0 })] });
        Assert.Equal(RouteOutcome.Unavailable, told.Outcome);
        Assert.Contains("another family", told.Reason, StringComparison.Ordinal);
        Assert.Equal("no retry is left for it", told.Exit.Members[1].Reason);
    }

    [Fact]
    public async Task Policy_routing_is_that_of_the_provisioning()
    {
        RouteExplanation told = await ExplainAsync("45.0.2.9:443", config: Config with
        {
            Exits = [.. Config.Exits.Where(exit => exit.Name != "wan6")],
            Groups = [],
            Routes = [],
            Default = "wan1",
            Snat = new SnatConfig { Enabled = true, Gateway = IPAddress.Parse("198.51.100.254"), TableBase = 300 },
        });
        ExitExplanation leaf = told.Exit;
        Assert.Equal(("198.51.100.1", 7, 300, "198.51.100.254", "eth1"), (leaf.Source, leaf.Mark, leaf.Table, $"{leaf.Gateway}", leaf.Interface));
    }

    [Fact]
    public async Task A_chain_is_followed_to_the_exit_that_leaves_this_host()
    {
        RouteExplanation told = await ExplainAsync("mail.corp.example:443", user: "alice");
        Assert.Equal((2, RouteOutcome.Served), (told.Rule!.Number, told.Outcome));
        Assert.Equal(RuleVerdict.Matches, told.Rules[^1].Verdict);
        Assert.Equal("proxy.example:1080", $"{told.Exit.Server}");
        Assert.Equal("198.51.100.1", told.Exit.Via!.Source);
        Assert.Empty(told.Notes);
    }

    [Fact]
    public async Task An_unknown_user_and_a_user_without_a_login_are_reported()
    {
        RouteExplanation bob = await ExplainAsync("a.example:443", user: "bob");
        Assert.Equal((RouteOutcome.Refused, "office has no user bob: such a login fails"), (bob.Outcome, bob.Reason));
        RouteExplanation told = await ExplainAsync("a.example:443", user: "alice", inbound: "local");
        Assert.Null(told.User);
        Assert.Contains("does not count", Assert.Single(told.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_on_users_is_undecided_for_a_client_that_has_to_log_in_and_is_not_named()
    {
        GatewayConfig config = Config with { Routes = [new RouteConfig { Users = ["alice"], Exit = "block" }] };
        RouteExplanation told = await ExplainAsync("45.0.2.9:443", config: config);
        Assert.Equal((RouteOutcome.Undecided, RuleVerdict.Undecided), (told.Outcome, told.Rules[0].Verdict));
        Assert.Contains("the user is not known", told.Reason, StringComparison.Ordinal);
        Assert.Equal(RouteOutcome.Refused, (await ExplainAsync("45.0.2.9:443", user: "alice", config: config)).Outcome);
        // Where no client logs in, it is certain that there is no user.
        Assert.Equal(RouteOutcome.Served, (await ExplainAsync("45.0.2.9:443", inbound: "local", config: config)).Outcome);
    }

    [Fact]
    public async Task A_client_outside_the_networks_of_an_ech_tunnel_is_refused()
    {
        GatewayConfig config = new()
        {
            Inbounds = [new EchTunnelInboundConfig { Name = "ech", Listen = new(IPAddress.Any, 443), Path = "/", Allow = [IPNetwork.Parse("45.0.2.0/24")] }],
        };
        async Task<RouteOutcome> From(string client) =>
            (await ConfigRoutes.ExplainAsync(config, new RouteQuery { Destination = Pools.To("45.0.2.9"), Client = IPAddress.Parse(client) })).Outcome;
        Assert.Equal(RouteOutcome.Served, await From("45.0.2.1"));
        Assert.Equal(RouteOutcome.Refused, await From("198.51.100.1"));
    }

    [Fact]
    public async Task An_exit_with_a_health_check_is_not_yet_known_to_be_up()
    {
        GatewayConfig config = Config with
        {
            Groups =
            [
                .. Config.Groups.Select(group => group with
                {
                    Health = group.Name == "wan" ? new HealthConfig { Target = HealthTarget.Parse("tcp://45.0.2.1:443") } : null,
                }),
            ],
        };
        RouteExplanation told = await ExplainAsync("45.0.2.9:443", config: config);
        Assert.Equal((RouteOutcome.Served, ExitHealthState.Unknown), (told.Outcome, Assert.Single(told.Leaves).Health));
        Assert.Contains("not yet known to be up", told.Reason, StringComparison.Ordinal);
        Assert.Equal(ExitHealthState.NoCheck, Assert.Single((await ExplainAsync("45.0.2.9:443")).Leaves).Health);
    }

    [Fact]
    public async Task A_name_that_is_not_looked_up_leaves_a_rule_on_networks_undecided()
    {
        RouteExplanation told = await ExplainAsync("a.example:443");
        Assert.Equal((RouteOutcome.Undecided, null), (told.Outcome, told.Rule));
        Assert.Equal(RuleVerdict.Undecided, told.Rules[2].Verdict);
        Assert.Contains("rule 3", told.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("45.0.113.9", 3, RouteOutcome.Served)]
    [InlineData("45.0.2.9", null, RouteOutcome.Served)]
    [InlineData("10.0.0.1", null, RouteOutcome.Refused)]
    [InlineData(null, null, RouteOutcome.Unavailable)]
    public async Task A_name_that_is_looked_up_decides(string? address, int? rule, RouteOutcome outcome)
    {
        FakeResolver resolver = new();
        if (address is not null) resolver.Add("a.example", address);
        RouteQuery query = new() { Destination = Pools.To("a.example"), Inbound = "office", ResolveNames = true };
        await using PortableTransport transport = new();
        await using ExitSet exits = ExitFactory.Build(Config, transport, resolver, TimeProvider.System);
        RouteExplanation told = await new RouteExplainer(Config, exits, resolver, TimeProvider.System).ExplainAsync(query, default);
        Assert.Equal(1, resolver.Asked);
        Assert.Equal((rule, outcome), (told.Rule?.Number, told.Outcome));
        Assert.Equal(address is null ? [] : [address], told.Addresses!.Select(item => item.ToString()));
    }

    [Fact]
    public async Task A_choice_by_chance_is_explained_as_any_of_the_members()
    {
        RouteExplanation told = await ExplainAsync("45.0.113.9:443");
        Assert.Equal((3, RouteOutcome.Served), (told.Rule!.Number, told.Outcome));
        Assert.Equal(["any"], told.Path);
        Assert.Equal(["web", "wan1"], told.Leaves.Select(leaf => leaf.Name));
        Assert.Equal("any: any of web, wan1", told.Reason);
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("45.0.2.77", 1)]
    public async Task A_group_that_binds_clients_has_to_know_the_client(string? client, int possible)
    {
        RouteExplanation told = await ExplainAsync("45.0.2.9:5000", client: client);
        Assert.Equal(possible, told.Leaves.Count);
    }

    [Fact]
    public async Task Datagrams_pass_over_a_member_that_carries_none()
    {
        RouteExplanation told = await ExplainAsync("45.0.2.9:53", udp: true);
        Assert.Equal(["proxies", "corp"], told.Path);
        Assert.Equal((MemberChoice.Passed, "web: an HTTP proxy carries no UDP"), (told.Exit.Members[0].Choice, told.Exit.Members[0].Reason));
        told = await ExplainAsync("45.0.2.9:53", udp: true, inbound: "local");
        Assert.Equal((RouteOutcome.Refused, "local takes no UDP"), (told.Outcome, told.Reason));
    }

    [Fact]
    public async Task Datagrams_need_no_retry_for_a_member_of_their_family()
    {
        GatewayConfig config = Config with { Groups = [.. Config.Groups.Select(group => group with { Retries = 0 })] };
        RouteExplanation told = await ExplainAsync("45.0.2.9:443", udp: true, config: config);
        Assert.Equal((RouteOutcome.Served, "wan > wan1"), (told.Outcome, string.Join(" > ", told.Path)));
        MemberExplanation six = told.Exit.Members[0];
        Assert.Equal((MemberChoice.Passed, "no address of it can reach 45.0.2.9:443"), (six.Choice, six.Reason));
    }

    [Fact]
    public async Task Each_type_of_inbound_says_whether_it_takes_datagrams()
    {
        IPEndPoint listen = new(IPAddress.Loopback, 1);
        (InboundConfig Inbound, bool Takes)[] inbounds =
        [
            (new Socks5InboundConfig { Name = "in", Listen = listen }, true),
            (new Socks5InboundConfig { Name = "in", Listen = listen, Socks5 = new Socks5Options { Udp = false } }, false),
            (new MixedInboundConfig { Name = "in", Listen = listen }, true),
            (new MixedInboundConfig { Name = "in", Listen = listen, Socks5 = new Socks5Options { Udp = false } }, false),
            (new HttpInboundConfig { Name = "in", Listen = listen }, false),
            (new ForwardInboundConfig { Name = "in", Listen = listen, Target = Pools.To("45.0.2.9", 53) }, false),
            (new WebSocketInboundConfig { Name = "in", Listen = listen }, false),
            (new TunnelInboundConfig { Name = "in", Listen = listen, Keys = [Secret.Random()] }, true),
            (new EchTunnelInboundConfig { Name = "in", Listen = listen, Path = "/" }, true),
        ];
        foreach ((InboundConfig inbound, bool takes) in inbounds)
        {
            GatewayConfig config = new() { Inbounds = [inbound] };
            RouteExplanation told = await ExplainAsync("45.0.2.9:53", udp: true, inbound: "in", config: config);
            Assert.Equal((inbound.Type, takes ? RouteOutcome.Served : RouteOutcome.Refused), (inbound.Type, told.Outcome));
        }
    }

    [Theory]
    [InlineData("45.0.2.9:25", "office", "block: refused by a rule")]
    [InlineData("127.0.0.1:443", "office", "private destinations are refused on this inbound (private_destinations: allow changes that)")]
    [InlineData("[fd00::1]:443", "office", "private destinations are refused on this inbound (private_destinations: allow changes that)")]
    public async Task Refusals_are_reported(string destination, string inbound, string reason)
    {
        RouteExplanation told = await ExplainAsync(destination, inbound: inbound);
        Assert.Equal((RouteOutcome.Refused, reason), (told.Outcome, told.Reason));
        Assert.Equal($"  refused: {reason}", told.Explanation[^1]);
    }

    [Theory]
    [InlineData("nowhere", "there is no inbound named nowhere; expected one of office, local")]
    [InlineData(null, "there are several inbounds; name one of office, local")]
    public async Task The_inbound_has_to_be_known(string? inbound, string message)
    {
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => ExplainAsync("45.0.2.9:443", inbound: inbound));
        Assert.Equal((ProxyError.InvalidConfiguration, message), (failure.Reason, failure.Message));
    }

    [Theory]
    [InlineData(null, RouteOutcome.Undecided, "rule 1 is undecided: local_networks: the address that the client comes in on is not known; name it to know")]
    [InlineData("45.0.2.7", RouteOutcome.Refused, "block: refused by a rule")]
    [InlineData("45.0.2.8", RouteOutcome.Served, "direct: direct, source address of the system's choice")]
    public async Task The_address_that_the_client_comes_in_on_decides(string? local, RouteOutcome outcome, string reason)
    {
        GatewayConfig config = Config with
        {
            Routes = [new RouteConfig { LocalNetworks = [IPNetwork.Parse("45.0.2.7/32")], Exit = "block" }], Default = "direct",
        };
        RouteExplanation told = await ConfigRoutes.ExplainAsync(config, new RouteQuery
        {
            Destination = Destination.FromAddress(IPAddress.Parse("45.0.113.9"), 443), Inbound = "office",
            Local = local is null ? null : IPAddress.Parse(local),
        });
        Assert.Equal((outcome, reason), (told.Outcome, told.Reason));
        Assert.Equal("local_networks: 45.0.2.7/32 -> block", told.Rules[0].Text);
    }

    [Fact]
    public async Task Long_lists_are_cut_short()
    {
        RouteExplanation told = await ExplainAsync("45.0.2.9:443", config: Config with
        {
            Routes = [new RouteConfig { Domains = [.. Enumerable.Range(0, 9).Select(i => $"{i}.example")], Exit = "block" }],
        });
        Assert.Equal("domains: 0.example, 1.example, 2.example, 3.example, 4.example and 4 more -> block", Assert.Single(told.Rules).Text);
    }

    private static Task<RouteExplanation> ExplainAsync(
        string destination, string? user = null, string? inbound = "office", string? client = null, bool udp = false, GatewayConfig? config = null)
    {
        Assert.True(Destination.TryParse(destination, -1, out Destination? target));
        return ConfigRoutes.ExplainAsync(config ?? Config, new RouteQuery
        {
            Destination = target, Inbound = inbound, User = user, Client = client is null ? null : IPAddress.Parse(client), Udp = udp,
        });
    }
}
