using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Routing;

/// <summary>The conditions of rules, as they are written in a configuration.</summary>
public sealed class ConditionTests
{
    private readonly FakeResolver _resolver = new FakeResolver()
        .Add("inside.example", "203.0.113.9", "10.0.0.5")
        .Add("outside.example", "203.0.113.9");

    [Theory]
    [InlineData("clients: [10.9.9.0/24]", "10.9.9.7", true)]
    [InlineData("clients: [10.9.9.0/24]", "::ffff:10.9.9.7", true)]
    [InlineData("clients: [10.9.9.0/24, \"2001:db8::/32\"]", "2001:db8::5", true)]
    [InlineData("clients: [10.9.9.0/24]", "10.9.8.7", false)]
    public async Task A_rule_asks_for_the_address_of_the_client(string rule, string client, bool matches) =>
        Assert.Equal(matches, await MatchesAsync(rule, Request("a.example:443") with { Client = new IPEndPoint(IPAddress.Parse(client), 7) }));

    [Theory]
    [InlineData("groups: [ops]", true)]
    [InlineData("groups: [sales, ops]", true)]
    [InlineData("groups: [OPS]", false)]
    [InlineData("groups: [sales]", false)]
    public async Task A_rule_asks_for_a_group_of_the_user(string rule, bool matches) =>
        Assert.Equal(matches, await MatchesAsync(rule, Request("a.example:443") with { User = "alice", Groups = ["dev", "ops"] }));

    [Fact]
    public async Task A_client_without_a_user_is_in_no_group() => Assert.False(await MatchesAsync("groups: [ops]", Request("a.example:443")));

    [Theory]
    [InlineData("protocols: [tcp]", false)]
    [InlineData("protocols: udp", true)]
    [InlineData("protocols: [tcp, udp]", true)]
    public async Task A_rule_asks_for_the_protocol(string rule, bool matches) =>
        Assert.Equal(matches, await MatchesAsync(rule, Request("a.example:443") with { Network = Network.Udp }));

    [Theory]
    [InlineData("domain_keyword: [tracker]", "mytracker9.example:80", true)]
    [InlineData("domain_keyword: [TRACKER]", "mytracker9.example:80", true)]
    [InlineData("domain_keyword: [tracker, ads.]", "ads.example:80", true)]
    [InlineData("domain_keyword: [tracker]", "track.example:80", false)]
    [InlineData("domain_keyword: [\"1\"]", "1.2.3.4:80", false)]
    [InlineData(@"domain_regex: ['^cdn[0-9]+\.example$']", "cdn12.example:80", true)]
    [InlineData(@"domain_regex: ['^CDN[0-9]+\.example$']", "cdn12.example:80", true)]
    [InlineData(@"domain_regex: ['^cdn[0-9]+\.example$']", "cdn.example:80", false)]
    [InlineData("domain_regex: [nothing, '[.]example$']", "a.example:80", true)]
    public async Task A_rule_asks_for_parts_of_a_name(string rule, string destination, bool matches) =>
        Assert.Equal(matches, await MatchesAsync(rule, Request(destination)));

    [Theory]
    [InlineData("not: { ports: [25] }", "a.example:443", true)]
    [InlineData("not: { ports: [25] }", "a.example:25", false)]
    [InlineData("not: { ports: [25], domains: [a.example] }", "b.example:25", true)]
    [InlineData("not: { ports: [25], domains: [a.example] }", "a.example:25", false)]
    [InlineData("any: [{ ports: [25] }, { domains: [a.example] }]", "a.example:443", true)]
    [InlineData("any: [{ ports: [25] }, { domains: [a.example] }]", "b.example:25", true)]
    [InlineData("any: [{ ports: [25] }, { domains: [a.example] }]", "b.example:443", false)]
    [InlineData("all: [{ any: [{ ports: [25] }, { ports: [443] }] }, { not: { domains: [.b.example] } }]", "a.example:443", true)]
    [InlineData("all: [{ any: [{ ports: [25] }, { ports: [443] }] }, { not: { domains: [.b.example] } }]", "x.b.example:443", false)]
    [InlineData("not: { networks: [10.0.0.0/8] }", "inside.example:443", false)]
    [InlineData("not: { networks: [10.0.0.0/8] }", "outside.example:443", true)]
    [InlineData("any: [{ networks: [10.0.0.0/8] }, { ports: [25] }]", "inside.example:443", true)]
    [InlineData("any: [{ networks: [10.0.0.0/8] }, { ports: [25] }]", "outside.example:443", false)]
    // It is not known whether it is in a network, so no rule that depends on that takes it.
    [InlineData("not: { networks: [10.0.0.0/8] }", "nowhere.example:443", false)]
    [InlineData("any: [{ not: { networks: [10.0.0.0/8] } }, { ports: [443] }]", "nowhere.example:443", true)]
    public async Task Conditions_stand_within_each_other(string rule, string destination, bool matches) =>
        Assert.Equal(matches, await MatchesAsync(rule, Request(destination)));

    [Fact]
    public async Task A_name_is_not_looked_up_where_another_condition_decides()
    {
        Assert.False(await MatchesAsync("networks: [10.0.0.0/8], ports: [25]", Request("inside.example:443")));
        Assert.True(await MatchesAsync("any: [{ networks: [10.0.0.0/8] }, { ports: [443] }]", Request("inside.example:443")));
        Assert.Equal(0, _resolver.Asked);
    }

    [Theory]
    // 2026-11-30 is a Monday; in Berlin it is an hour later.
    [InlineData("times: { days: [mon] }", "2026-11-30T12:00:00Z", true)]
    [InlineData("times: { days: [tue, sun] }", "2026-11-30T12:00:00Z", false)]
    [InlineData("times: { hours: 08:00-18:00, zone: UTC }", "2026-11-30T08:00:00Z", true)]
    [InlineData("times: { hours: 08:00-18:00, zone: UTC }", "2026-11-30T17:59:59Z", true)]
    [InlineData("times: { hours: 08:00-18:00, zone: UTC }", "2026-11-30T18:00:00Z", false)]
    [InlineData("times: { hours: 08:00-18:00, zone: Europe/Berlin }", "2026-11-30T07:00:00Z", true)]
    [InlineData("times: { hours: 08:00-18:00, zone: Europe/Berlin }", "2026-11-30T17:00:00Z", false)]
    [InlineData("times: { days: [mon], hours: [22:00-06:00], zone: UTC }", "2026-12-01T05:59:00Z", true)]
    [InlineData("times: { days: [mon], hours: [22:00-06:00], zone: UTC }", "2026-11-30T05:59:00Z", false)]
    [InlineData("times: { days: [sat], hours: [22:00-06:00], zone: UTC }", "2026-11-29T03:00:00Z", true)]
    [InlineData("times: [{ days: [sun] }, { days: [mon], hours: 11:00-24:00, zone: UTC }]", "2026-11-30T12:00:00Z", true)]
    public async Task A_rule_asks_for_the_time(string rule, string now, bool matches)
    {
        ManualTimeProvider time = new();
        time.WallOffset = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture) - time.GetUtcNow();
        Assert.Equal(matches, await MatchesAsync(rule, Request("a.example:443"), time));
    }

    [Fact]
    public async Task An_expression_made_to_take_long_takes_no_longer_than_others()
    {
        // With backtracking these need more steps than there are atoms.
        string name = new string('a', 60) + ".example";
        Assert.False(await MatchesAsync(@"domain_regex: ['^(a+)+$', '^(a|a)*b$', '(.*a){20}b']", Request(name + ":443")));
    }

    [Theory]
    [InlineData("domain_regex: ['(a)\\1']", "has a back reference, a look-around or an atomic group")]
    [InlineData("domain_regex: ['(?=a)b']", "has a back reference, a look-around or an atomic group")]
    [InlineData("domain_regex: ['(((a{99}){99}){99}){99}']", "has repetitions that come to more than 10000 together")]
    [InlineData("domain_regex: ['a{20000}']", "has repetitions that come to more than 10000 together")]
    [InlineData("domain_regex: ['(']", "is no regular expression: ")]
    [InlineData("domain_regex: ['']", "is no expression of 1 to 256 characters")]
    [InlineData("domain_keyword: ['']", "is no part of a name; expected 1 to 253 characters of ASCII")]
    [InlineData("domain_keyword: [bücher]", "is no part of a name; expected 1 to 253 characters of ASCII")]
    [InlineData("protocols: [sctp]", "expected \"tcp\" or \"udp\", found \"sctp\"")]
    [InlineData("clients: [lan]", "\"lan\" is no network")]
    [InlineData("groups: ['']", "there is no user in the group \"\"")]
    [InlineData("not: {}", "`not` without a condition; expected at least one of users, groups, ")]
    [InlineData("any: [{}]", "a set of conditions without a condition; expected at least one of ")]
    [InlineData("not: { port: 25 }", "unknown key; did you mean \"ports\"?")]
    [InlineData("not: [25]", "expected a mapping, found a list")]
    [InlineData("times: {}", "neither `days` nor `hours`; expected one of them")]
    [InlineData("times: { days: [monday] }", "expected \"sun\", \"mon\", \"tue\", \"wed\", \"thu\", \"fri\" or \"sat\", found \"monday\"")]
    [InlineData("times: { hours: 8-18 }", "expected hours such as 08:00-18:00, or 22:00-06:00 for a night, found \"8-18\"")]
    [InlineData("times: { hours: 08:00-08:00 }", "expected hours such as ")]
    [InlineData("times: { hours: 24:00-08:00 }", "expected hours such as ")]
    [InlineData("times: { hours: 08:60-09:00 }", "expected hours such as ")]
    [InlineData("times: { days: [mon], zone: Europe/Berlinn }", "this host has no time zone \"Europe/Berlinn\"")]
    public void A_condition_that_cannot_be_right_is_refused(string rule, string problem) =>
        Assert.Contains(ConfigAssert.Errors($"{ConfigAssert.Inbound}routes: [{{ {rule}, exit: block }}]"),
            error => error.Message.Contains(problem, StringComparison.Ordinal) && error.Path.StartsWith("routes[0].", StringComparison.Ordinal));

    [Fact]
    public void Conditions_within_each_other_end_somewhere()
    {
        string within = "ports: 1";
        for (int i = 0; i < RouteConditions.MaxDepth; i++) within = $"not: {{ {within} }}";
        ConfigAssert.Valid($"{ConfigAssert.Inbound}routes: [{{ {within}, exit: block }}]");
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}routes: [{{ not: {{ {within} }}, exit: block }}]"));
        Assert.Equal("`not`, `any` and `all` stand within each other more than 8 times", error.Message);
    }

    [Theory]
    [InlineData("action: deny", "block")]
    [InlineData("action: allow", "wan1")]
    [InlineData("action: exit, exit: wan2", "wan2")]
    [InlineData("action: report", "wan2")]
    [InlineData("action: report, exit: wan1", "wan2")]
    public async Task A_rule_has_an_action(string action, string exit)
    {
        GatewayConfig config = Load($"[{{ ports: 443, {action} }}, {{ ports: 443, exit: wan2 }}]");
        Assert.Equal(exit, (await Build(config, TimeProvider.System).SelectAsync(Request("a.example:443"), default)).Exit.Name);
    }

    [Theory]
    [InlineData("ports: 1, action: deny, exit: block", "routes[0].exit", "of no use with `action: deny`, which takes none")]
    [InlineData("ports: 1, action: allow, exit: block", "routes[0].exit", "of no use with `action: allow`, which takes the exit of `default`")]
    [InlineData("ports: 1, action: exit", "routes[0].exit", "missing; a rule needs the name of an exit or group")]
    [InlineData("ports: 1, action: block", "routes[0].action", "expected \"exit\", \"allow\", \"deny\" or \"report\", found \"block\"")]
    public void An_action_goes_with_its_exit(string rule, string path, string message)
    {
        ConfigError error = ConfigAssert.Errors($"{ConfigAssert.Inbound}routes: [{{ {rule} }}]")[0];
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    // Those in the groups that rules ask for: a group in which nobody is would be a fault.
    private const string Users = "users: { u: { networks: [192.0.2.1], groups: [dev, ops, OPS, sales] } }\n";

    private async Task<bool> MatchesAsync(string rule, RequestInfo request, TimeProvider? time = null)
    {
        Router router = Build(Load($"[{{ {rule}, exit: wan2 }}]"), time ?? TimeProvider.System);
        return (await router.SelectAsync(request, TestContext.Current.CancellationToken)).Exit.Name == "wan2";
    }

    private static GatewayConfig Load(string routes) => ConfigAssert.Valid(
        $"{Users}{ConfigAssert.Inbound}exits: [{{ name: wan1, type: direct }}, {{ name: wan2, type: direct }}]\ndefault: wan1\nroutes: {routes}");

    private Router Build(GatewayConfig config, TimeProvider time) =>
        new(config, ExitFactory.Build(config, new PortableTransport(), _resolver, time), _resolver, time);

    private static RequestInfo Request(string destination)
    {
        Assert.True(Destination.TryParse(destination, -1, out Destination? parsed));
        return new RequestInfo
        {
            Inbound = "in", Client = new IPEndPoint(IPAddress.Loopback, 1), Local = new IPEndPoint(IPAddress.Loopback, 2), Destination = parsed,
        };
    }
}
