using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;

namespace MultiExit.Engine.Tests.Configuration.History;

/// <summary>Differences by key; no secret in them.</summary>
public sealed class ConfigComparisonTests
{
    [Fact]
    public void Named_things_are_compared_by_name_and_rules_by_place()
    {
        string before = ConfigAssert.Inbound + """
            exits: [{ name: a, type: direct, weight: 1 }, { name: b, type: direct }]
            routes: [{ ports: [25], exit: block }, { ports: [80], exit: a }]
            limits: { connections: 10 }
            """;
        string after = ConfigAssert.Inbound + """
            exits: [{ name: c, type: direct }, { name: a, type: direct, weight: 3 }]
            routes: [{ ports: [25], exit: block }, { ports: [81], exit: a }, { ports: [80], exit: a }]
            dns: { prefer: ipv4 }
            """;
        Assert.Equal(
            [
                "~ exits[a].weight: 1 -> 3",
                "- exits[b]: { name: b, type: direct }",
                "+ exits[c]: { name: c, type: direct }",
                "+ routes[1]: { ports: [81], exit: a }",
                "- limits.connections: 10",
                "+ dns.prefer: ipv4",
            ],
            Between(before, after));
        Assert.Empty(Between(before, before + "\n# a remark"));
    }

    [Fact]
    public void The_order_of_exits_is_told() => Assert.Equal(
        ["~ exits: the order a, b -> b, a"],
        Between(
            ConfigAssert.Inbound + "exits: [{ name: a, type: direct }, { name: b, type: direct }]",
            ConfigAssert.Inbound + "exits: [{ name: b, type: direct }, { name: a, type: direct }]"));

    [Fact]
    public void No_secret_shows_wherever_it_stands_and_a_changed_one_is_told()
    {
        string Text(string secret) => $$"""
            inbounds:
              - { name: in, type: socks5, listen: "127.0.0.1:1080", users: { alice: { password: {{secret}} } } }
              - { name: t, type: tunnel, listen: "127.0.0.1:1", key: long-enough-{{secret}}, tls: { self_signed: true } }
            exits:
              - { name: p, type: socks5, server: "h:1", username: u, password: {{secret}} }
              - { name: k, type: tunnel, server: "tunnel://h:1?psk=long-enough-{{secret}}" }
            """;
        ConfigResult before = ConfigLoader.Parse(Text("hunter2"));
        ConfigResult after = ConfigLoader.Parse(Text("hunter3"));
        Assert.Empty(before.Errors);
        string[] differences = [.. ConfigComparison.Between(before, after).Select(difference => difference.ToString())];
        Assert.Equal(4, differences.Length);
        Assert.Contains("~ inbounds[in].users.alice.password: *** -> ***", differences);
        Assert.Contains("~ exits[k].server: tunnel://h:1?*** -> tunnel://h:1?***", differences);
        Assert.DoesNotContain(differences, line => line.Contains("hunter", StringComparison.Ordinal));
        Assert.DoesNotContain(ConfigComparison.Describe(before), line => line.ToString().Contains("hunter", StringComparison.Ordinal));
        ConfigResult none = ConfigLoader.Parse(ConfigAssert.Inbound);
        Assert.DoesNotContain(ConfigComparison.Between(none, before), line => line.ToString().Contains("hunter", StringComparison.Ordinal));
    }

    [Fact]
    public void Dialects_are_compared_in_the_native_schema()
    {
        IReadOnlyList<string> differences = Between(
            """{ "listen_addr": "127.0.0.1:1080", "protocol": "socks5", "timeout": "30s", "auth_users": { "a": "hunter2" } }""",
            """{ "listen_addr": "127.0.0.1:1080", "protocol": "socks5", "timeout": "30s", "auth_users": { "a": "hunter3" } }""");
        Assert.EndsWith("users.a.password: *** -> ***", Assert.Single(differences), StringComparison.Ordinal);
    }

    private static string[] Between(string before, string after)
    {
        ConfigResult old = ConfigLoader.Parse(before), now = ConfigLoader.Parse(after);
        Assert.Empty(old.Errors.Concat(now.Errors));
        return [.. ConfigComparison.Between(old, now).Select(difference => difference.ToString())];
    }
}
