using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Configuration;

namespace MultiExit.Engine.Tests.Health;

/// <summary>The section health, and which exit is checked how.</summary>
public sealed class HealthChecksTests
{
    [Fact]
    public void It_is_read_with_its_defaults()
    {
        GroupConfig group = Group("target: \"tcp://1.1.1.1:443\"");
        HealthConfig health = group.Health!;
        Assert.Equal(new HealthConfig { Target = new HealthTarget { Destination = Support.Pools.To("1.1.1.1") } }, health);
        Assert.Equal((30, 5, 3, 2), (health.Interval.TotalSeconds, health.Timeout.TotalSeconds, health.Fall, health.Rise));
        Assert.Equal(AllDownPolicy.Try, group.AllDown);
        Assert.Equal(TimeSpan.FromSeconds(2), Group("target: \"tcp://h:1\", interval: 2s").Health!.Timeout);
        Assert.Equal(AllDownPolicy.Fail, Group("all_down: fail").AllDown);
        Assert.Equal((2, 60), (Group("eject_after: 2, eject_for: 1m").Health!.EjectAfter, Group("eject_for: 1m").Health!.EjectFor.TotalSeconds));
        Assert.Null(Group("{}").Health!.Target);
    }

    [Theory]
    [InlineData("http://h.example", "http://h.example/", false, 80, "h.example")]
    [InlineData("http://h.example:8080/a?b=c%20d", "http://h.example:8080/a?b=c%20d", false, 8080, "h.example:8080")]
    [InlineData("https://[2001:db8::1]/x", "https://[2001:db8::1]/x", true, 443, "[2001:db8::1]")]
    [InlineData("https://h?x=1", "https://h/?x=1", true, 443, "h")]
    [InlineData("tcp://h:22", "tcp://h:22", false, 22, "h:22")]
    public void A_target_is_read(string text, string written, bool tls, int port, string authority)
    {
        HealthTarget target = HealthTarget.Parse(text);
        Assert.Equal((written, tls, port, authority), (target.ToString(), target.Tls, target.Destination.Port, target.Authority));
    }

    [Theory]
    [InlineData("204", 204, 204)]
    [InlineData("2xx", 200, 299)]
    public void A_status_is_read(string text, int min, int max)
    {
        HealthTarget target = Group($"target: \"http://h/\", status: {text}").Health!.Target!;
        Assert.Equal((min, max), (target.MinStatus, target.MaxStatus));
    }

    [Theory]
    [InlineData("interval: 30s", "interval", "`interval` is for probes; expected a `target` beside it")]
    [InlineData("target: \"1.1.1.1:443\"", "target", "the target is no URL; expected tcp://host:port, http://host/path or https://host/path")]
    [InlineData("target: \"tcp://h\"", "target",
        "the target has no host and port that can be read; expected tcp://host:port, http://host/path or https://host/path")]
    [InlineData("target: \"tcp://h:1/x\"", "target", "the target has a path; tcp:// takes none")]
    [InlineData("target: \"udp://h:1\"", "target", "the target has an unknown scheme; expected tcp://host:port, http://host/path or https://host/path")]
    [InlineData("target: \"http://u:secret@h/\"", "target", "the target has a user; a probe logs in nowhere")]
    [InlineData("target: \"tcp://h:1\", status: 200", "status", "`status` is for a target with http:// or https://")]
    [InlineData("target: \"http://h/\", status: 2x", "status", "expected a status such as 204 or a class such as 2xx, found \"2x\"")]
    [InlineData("target: \"tcp://h:1\", interval: 1s, timeout: 2s", "timeout", "the time-out is longer than the interval; expected at most that")]
    [InlineData("target: \"tcp://h:1\", eject_for: 2s", "eject_for", "`eject_for` is for a check without `target`: with one, probes bring the exit back")]
    [InlineData("eject_after: 0", "eject_after", "0 and no `target`: nothing would be checked; expected one of them")]
    [InlineData("all_down: maybe", "all_down", "expected \"try\" or \"fail\", found \"maybe\"")]
    public void What_does_not_fit_is_told(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + $"groups: [{{ name: g, exits: [direct], health: {{ {keys} }} }}]"));
        Assert.Equal(($"groups[0].health.{path}", message), (error.Path, error.Message));
    }

    [Fact]
    public void An_exits_own_goes_before_that_of_its_groups_and_groups_hand_theirs_down()
    {
        GatewayConfig config = ConfigAssert.Valid(ConfigAssert.Inbound +
            """
            exits:
              - { name: a, type: direct, health: { eject_after: 1 } }
              - { name: b, type: direct }
              - { name: c, type: direct }
            groups:
              - { name: outer, exits: [a, block, inner], health: { eject_after: 2 } }
              - { name: inner, exits: [a, b] }
              - { name: other, exits: [c, b] }
            """);
        IReadOnlyDictionary<string, HealthConfig> checks = HealthChecks.Of(config, out (string, string)? conflict);
        Assert.Null(conflict);
        Assert.Equal(["a 1", "b 2"], checks.Select(check => $"{check.Key} {check.Value.EjectAfter}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_groups_that_disagree_are_an_error_where_the_second_one_stands() => ConfigAssert.OneError(
        ConfigAssert.Inbound +
        "exits: [{ name: a, type: direct }]\n" +
        "groups:\n" +
        "  - { name: one, exits: [a], health: { eject_after: 1 } }\n" +
        "  - { name: two, exits: [a], health: { eject_after: 2 } }",
        5, 38, "groups[1].health",
        "the exit a is a member of another group that checks it with other settings; expected the same in both, or a `health` of the exit's own");

    private static GroupConfig Group(string health) => Assert.Single(ConfigAssert.Valid(ConfigAssert.Inbound +
        $"groups: [{{ name: g, exits: [direct, block], health: {(health == "{}" ? health : $"{{ {health} }}")} }}]").Groups);
}
