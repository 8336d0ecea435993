using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

public sealed class GroupStrategyTests
{
    [Theory]
    [InlineData("round_robin", GroupStrategy.RoundRobin)]
    [InlineData("destination_based", GroupStrategy.DestinationBased)]
    [InlineData("random", GroupStrategy.Random)]
    [InlineData("weighted", GroupStrategy.Weighted)]
    [InlineData("least_connections", GroupStrategy.LeastConnections)]
    [InlineData("lowest_latency", GroupStrategy.LowestLatency)]
    [InlineData("failover", GroupStrategy.Failover)]
    [InlineData("sticky", GroupStrategy.Sticky)]
    [InlineData("quality", GroupStrategy.Quality)]
    public void Each_has_its_word(string word, GroupStrategy strategy) =>
        Assert.Equal(strategy, Group($"strategy: {word}").Strategy);

    [Fact]
    public void Port_ranges_are_read()
    {
        GroupConfig group = Group("strategy: port_based, port_ranges: [{ ports: 0-32767, exit: direct }, { ports: 50000, exit: block }]");
        Assert.Equal(GroupStrategy.PortBased, group.Strategy);
        Assert.Equal([new(new PortRange(0, 32767), "direct"), new(new PortRange(50000, 50000), "block")], group.PortRanges);
    }

    [Fact]
    public void The_unit_and_the_lifetime_are_read()
    {
        Assert.Equal((BindingUnit.User, TimeSpan.FromHours(1)),
            (Group("strategy: sticky, bind: user, lifetime: 1h").Bind, Group("strategy: sticky, lifetime: 1h").Lifetime));
        Assert.Equal(BindingUnit.Connection, Group("strategy: destination_based, bind: connection").Bind);
        Assert.Null(Group("strategy: sticky").Bind);
    }

    [Fact]
    public void A_weight_is_read() => Assert.Equal(
        7, Assert.Single(ConfigAssert.Valid(ConfigAssert.Inbound + "exits: [{ name: a, type: direct, weight: 7 }]").Exits).Weight);

    [Theory]
    [InlineData("strategy: port_based", "port_ranges", "missing; a group needs a list of { ports, exit }")]
    [InlineData("strategy: port_based, port_ranges: [{ ports: 1, exit: other }]", "port_ranges[0].exit", "\"other\" is not a member of this group")]
    [InlineData("strategy: port_based, port_ranges: [{ ports: 1-x, exit: direct }]", "port_ranges[0].ports",
        "expected a port such as 443 or a range such as 8000-8999, from 0 to 65535, found \"1-x\"")]
    [InlineData("strategy: random, port_ranges: [{ ports: 1, exit: direct }]", "port_ranges", "`port_ranges` is for the strategy port_based")]
    [InlineData("strategy: random, bind: client", "bind", "`bind` is for the strategy destination_based and sticky")]
    [InlineData("lifetime: 1h", "lifetime", "`lifetime` is for the strategy sticky")]
    [InlineData("strategy: sticky, bind: connection", "bind", "expected \"client\", \"user\" or \"header\", found \"connection\"")]
    [InlineData("strategy: sticky, lifetime: 1ms", "lifetime", "\"1ms\" is out of range; expected 1s to 720h")]
    public void What_does_not_fit_is_told(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + $"groups: [{{ name: g, exits: [direct, block], {keys} }}]"));
        Assert.Equal(($"groups[0].{path}", message), (error.Path, error.Message));
    }

    private static GroupConfig Group(string keys) =>
        Assert.Single(ConfigAssert.Valid(ConfigAssert.Inbound + $"groups: [{{ name: g, exits: [direct, block], {keys} }}]").Groups);

    [Fact]
    public void Sessions_need_an_inbound_that_knows_their_field()
    {
        const string Groups = "groups: [{ name: g, exits: [direct, block], strategy: sticky, bind: header }]\n";
        Assert.Contains(ConfigAssert.Errors("inbounds: [{ name: in, type: http, listen: \":0\" }]\n" + Groups),
            error => error.ToString().Contains("`session_header`", StringComparison.Ordinal));
        GatewayConfig config = ConfigAssert.Valid("inbounds: [{ name: in, type: http, listen: \":0\", session_header: X-Session }]\n" + Groups);
        Assert.Equal(BindingUnit.Header, config.Groups[0].Bind);
        Assert.Equal("X-Session", Assert.IsType<HttpInboundConfig>(config.Inbounds[0]).Http.SessionHeader);
        Assert.Contains(ConfigAssert.Errors("inbounds: [{ name: in, type: http, listen: \":0\", session_header: Host }]\n"),
            error => error.ToString().Contains("cannot be used", StringComparison.Ordinal));
    }
}
