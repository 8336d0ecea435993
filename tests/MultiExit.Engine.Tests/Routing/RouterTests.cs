using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Routing;

public sealed class RouterTests
{
    private readonly FakeResolver _resolver = new FakeResolver()
        .Add("inside.example", "203.0.113.9", "10.0.0.5")
        .Add("outside.example", "203.0.113.9");

    [Fact]
    public async Task Without_rules_the_default_is_selected()
    {
        Router router = Build("wan1");
        ValueTask<Route> selected = router.SelectAsync(Request("example.com:443"), default);
        Assert.True(selected.IsCompletedSuccessfully);
        Route route = await selected;
        Assert.Equal("wan1", route.Exit.Name);
        Assert.Null(route.RuleIndex);
        Assert.Same(route, await router.SelectAsync(Request("1.2.3.4:80"), default));
    }

    [Fact]
    public async Task Without_rules_nothing_is_allocated()
    {
        Router router = Build("direct");
        RequestInfo request = Request("example.com:443");
        for (int i = 0; i < 100; i++) await router.SelectAsync(request, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) await router.SelectAsync(request, default);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData("example.com:25", null, "proxy", "block", 0)]
    [InlineData("example.com:465", null, "proxy", "block", 0)]
    [InlineData("example.com:443", "alice", "proxy", "wan2", 1)]
    [InlineData("example.com:443", "Alice", "proxy", "direct", null)]
    [InlineData("www.corp.example:443", null, "proxy", "wan1", 2)]
    [InlineData("www.corp.example:443", null, "other", "direct", null)]
    [InlineData("192.0.2.77:443", null, "other", "wan1", 3)]
    [InlineData("192.0.3.77:443", null, "other", "direct", null)]
    public async Task The_first_match_wins(string destination, string? user, string inbound, string exit, int? index)
    {
        Router router = Build(
            "direct",
            new RouteConfig { Ports = [new(25, 25), new(465, 587)], Exit = "block" },
            new RouteConfig { Users = ["alice", "bob"], Exit = "wan2" },
            new RouteConfig { Domains = [".corp.example"], Inbounds = ["proxy"], Exit = "wan1" },
            new RouteConfig { Networks = [IPNetwork.Parse("192.0.2.0/24")], Exit = "wan1" });
        Route route = await router.SelectAsync(Request(destination, user, inbound), default);
        Assert.Equal(exit, route.Exit.Name);
        Assert.Equal(index, route.RuleIndex);
    }

    [Theory]
    [InlineData("192.0.2.1", "wan1")]
    [InlineData("192.0.2.2", "direct")]
    [InlineData("2001:db8::7", "wan2")]
    public async Task A_rule_matches_the_address_that_the_client_came_in_on(string local, string exit)
    {
        Router router = Build(
            "direct",
            new RouteConfig { LocalNetworks = [IPNetwork.Parse("192.0.2.1/32")], Exit = "wan1" },
            new RouteConfig { LocalNetworks = [IPNetwork.Parse("2001:db8::/32")], Ports = [new(443, 443)], Exit = "wan2" });
        RequestInfo request = Request("example.com:443") with { Local = new IPEndPoint(IPAddress.Parse(local), 1080) };
        Assert.Equal(exit, (await router.SelectAsync(request, default)).Exit.Name);
    }

    [Fact]
    public async Task Any_address_of_a_name_matches_a_network()
    {
        Router router = Build("direct", Inside("wan1"), Inside("wan2"));
        Route route = await router.SelectAsync(Request("inside.example:80"), default);
        Assert.Equal("wan1", route.Exit.Name);
        Assert.Equal([IPAddress.Parse("203.0.113.9"), IPAddress.Parse("10.0.0.5")], route.ResolvedAddresses!);
        Assert.Equal(1, _resolver.Asked);
    }

    [Fact]
    public async Task The_addresses_go_with_the_route_also_when_the_rule_did_not_match()
    {
        Router router = Build("direct", Inside("wan1"), new RouteConfig { Ports = [new(80, 80)], Exit = "wan2" });
        Route later = await router.SelectAsync(Request("outside.example:80"), default);
        Assert.Equal(("wan2", 1), (later.Exit.Name, later.RuleIndex));
        Assert.Single(later.ResolvedAddresses!);
        Route none = await router.SelectAsync(Request("outside.example:81"), default);
        Assert.Equal("direct", none.Exit.Name);
        Assert.Single(none.ResolvedAddresses!);
    }

    [Fact]
    public async Task A_name_is_resolved_only_when_the_other_conditions_hold()
    {
        Router router = Build("direct", Inside("wan1") with { Ports = [new(443, 443)] });
        await router.SelectAsync(Request("inside.example:80"), default);
        Assert.Equal(0, _resolver.Asked);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_matches_no_network()
    {
        Router router = Build("direct", Inside("wan1") with { Networks = [IPNetwork.Parse("0.0.0.0/0")] });
        Route route = await router.SelectAsync(Request("nowhere.example:80"), default);
        Assert.Equal("direct", route.Exit.Name);
        Assert.Null(route.ResolvedAddresses);
    }

    [Fact]
    public async Task A_resolver_that_hangs_counts_as_not_resolved()
    {
        ManualTimeProvider time = new();
        _resolver.Hangs = true;
        Task<Route> selected = Build("direct", time, Inside("wan1")).SelectAsync(Request("inside.example:80"), default).AsTask();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("direct", (await selected.WaitAsync(TestTransports.Patience)).Exit.Name);
    }

    [Fact]
    public async Task Cancellation_is_not_answered()
    {
        _resolver.Hangs = true;
        using CancellationTokenSource cancelled = new();
        Task<Route> selected = Build("direct", Inside("wan1")).SelectAsync(Request("inside.example:80"), cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => selected.WaitAsync(TestTransports.Patience));
    }

    [Theory]
    [InlineData("wan1", "wan1", "")] // no rule
    [InlineData("wan1", "wan1", "other inbound > wan2")]
    [InlineData("wan2", "wan1", "user > wan2, ports > wan1")]
    [InlineData("wan1", "wan1", "ports > wan1")] // where the rule matches or does not, the exit is the same
    [InlineData("wan1", "wan2", "ports > wan1, user > wan1")]
    [InlineData(null, "wan2", "ports > wan1")]
    [InlineData(null, "wan2", "domains > wan1")]
    [InlineData(null, "wan2", "networks > wan1")]
    [InlineData(null, "wan1", "ports > wan1, networks > wan2")]
    public void The_exit_of_all_destinations_is_known_where_no_rule_makes_a_difference(string? expected, string byDefault, string rules)
    {
        RouteConfig[] routes = [.. rules.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(" > ")).Select(rule => rule[0] switch
        {
            "user" => new RouteConfig { Users = ["alice"], Exit = rule[1] },
            "other inbound" => new RouteConfig { Inbounds = ["elsewhere"], Ports = [new PortRange(1, 9)], Exit = rule[1] },
            "ports" => new RouteConfig { Ports = [new PortRange(53, 53)], Exit = rule[1] },
            "domains" => new RouteConfig { Domains = ["example.com"], Exit = rule[1] },
            _ => Inside(rule[1]),
        })];
        Assert.Equal(expected, Build(byDefault, routes).SelectForAll(Request("0.0.0.0:0", "alice"))?.Exit.Name);
    }

    [Theory]
    [InlineData("wan2", "")]
    [InlineData("wan1", "user > wan1")]
    [InlineData(null, "ports > wan1")]
    [InlineData("wan2", "ports > wan2")]
    public async Task The_exit_of_a_back_end_takes_the_place_of_the_default_and_rules_come_before_it(string? expected, string rules)
    {
        RouteConfig[] routes = [.. rules.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(" > ")).Select(rule => rule[0] == "user"
            ? new RouteConfig { Users = ["alice"], Exit = rule[1] } : new RouteConfig { Ports = [new PortRange(53, 53)], Exit = rule[1] })];
        Router router = Build("wan1", routes);
        RequestInfo request = Request("192.0.2.1:80", "alice") with { PinnedExit = "wan2" };
        Assert.Equal(expected, router.SelectForAll(request)?.Exit.Name);
        Assert.Equal(rules.StartsWith("user", StringComparison.Ordinal) ? "wan1" : "wan2", (await router.SelectAsync(request, default)).Exit.Name);
        Assert.Equal("block", (await router.SelectAsync(request with { PinnedExit = "gone", User = "bob" }, default)).Exit.Name);
    }

    [Fact]
    public void An_unknown_exit_is_refused()
    {
        ProxyException exception = Assert.Throws<ProxyException>(() => Build("nowhere"));
        Assert.Equal(ProxyError.InvalidConfiguration, exception.Reason);
    }

    private static RouteConfig Inside(string exit) => new() { Networks = [IPNetwork.Parse("10.0.0.0/8")], Exit = exit };

    private Router Build(string defaultExit, params RouteConfig[] routes) => Build(defaultExit, TimeProvider.System, routes);

    private Router Build(string defaultExit, TimeProvider time, params RouteConfig[] routes)
    {
        GatewayConfig config = new()
        {
            Exits = [new DirectExitConfig { Name = "wan1" }, new DirectExitConfig { Name = "wan2" }],
            Routes = routes,
            Default = defaultExit,
        };
        return new Router(config, ExitFactory.Build(config, new PortableTransport(), _resolver, time), _resolver, time);
    }

    private static RequestInfo Request(string destination, string? user = null, string inbound = "proxy")
    {
        Assert.True(Destination.TryParse(destination, -1, out Destination? parsed));
        return new RequestInfo
        {
            Inbound = inbound,
            User = user,
            Client = new IPEndPoint(IPAddress.Loopback, 1),
            Local = new IPEndPoint(IPAddress.Loopback, 2),
            Destination = parsed,
        };
    }
}
