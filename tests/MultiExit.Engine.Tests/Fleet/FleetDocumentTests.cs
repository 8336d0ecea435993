using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What the store of a fleet takes, and what it means on a node.</summary>
public sealed class FleetDocumentTests
{
    [Theory]
    [InlineData("users: { alice: { password: hunter2 } }", "users.alice.password")]
    [InlineData("exits: [{ name: t, type: tunnel, server: \"h:443\", key: hunter2 }]", "exits[0].key")]
    [InlineData("exits: [{ name: s, type: socks5, server: \"h:1080\", username: u, password: hunter2 }]", "exits[0].password")]
    [InlineData("exits: [{ name: s, type: socks5, server: \"socks5://u:hunter2@h:1080\" }]", "exits[0].server")]
    [InlineData("exits: [{ name: s, type: shadowsocks, server: \"ss://aHVudGVyMg\" }]", "exits[0].server")]
    [InlineData("exits: [{ name: s, type: shadowsocks, server: \"h:1\", method: aes-256-gcm, password: hunter2 }]", "exits[0].password")]
    [InlineData("dashboard: { listen: \"127.0.0.1:1\", token: hunter2 }", "dashboard.token")]
    [InlineData("notify: [{ url: \"https://example/hunter2\" }]", "notify[0].url")]
    [InlineData("auth: { http: { url: \"https://example/\", token: hunter2 } }", "auth.http.token")]
    public void A_secret_in_clear_text_is_named_by_its_place_and_never_shown(string text, string place)
    {
        ProxyException refused = Assert.Throws<ProxyException>(() => FleetDocument.Check(text, "new.yaml"));
        Assert.Equal(ProxyError.InvalidConfiguration, refused.Reason);
        ConfigError error = refused.ConfigErrors.First(each => each.Path == place);
        Assert.Contains("{ file: PATH }, { env: NAME } or { credential: NAME }", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users: { alice: { password: { file: /run/alice } } }")]
    [InlineData("users: { alice: { password: { env: ALICE } } }")]
    [InlineData("exits: [{ name: t, type: tunnel, server: \"h:443\", key: { credential: tunnel } }]")]
    [InlineData("sets: { ads: { url: \"https://example/ads.txt\" } }\nexits: [{ name: s, type: socks5, server: \"socks5://h:1080\" }]")]
    public void References_and_public_addresses_are_taken(string text) => FleetDocument.Check(text, null);

    [Fact]
    public void The_hash_of_a_password_is_taken()
    {
        string hash = new Secret("hunter2").Hash(new HashSettings(PasswordAlgorithm.Argon2id) { Memory = 64 }).ToString();
        FleetDocument.Check($"users: {{ alice: {{ password_hash: '{hash}' }} }}", null);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("fleet")]
    [InlineData("control")]
    [InlineData("history")]
    [InlineData("logging")]
    public void A_section_of_the_node_is_refused_in_the_fleet_s_text(string section)
    {
        ProxyException refused = Assert.Throws<ProxyException>(() => FleetDocument.Check($"{section}: {{ x: 1 }}", null));
        Assert.Contains($"`{section}` is each node's own", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a")]
    [InlineData("a: [")]
    public void What_is_no_mapping_is_refused(string text) =>
        Assert.Equal(ProxyError.InvalidConfiguration, Assert.Throws<ProxyException>(() => FleetDocument.Check(text, null)).Reason);

    [Fact]
    public void Sections_of_the_version_take_the_place_of_those_of_the_file_as_wholes()
    {
        ConfigDocument own = new(
            "name: edge\ninbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }]\nexits: [{ name: a, type: direct }, { name: b, type: direct }]\n"
            + "default: b\nlimits: { connections: 50 }\n", "/etc/multiexit/edge.yaml");
        ConfigResult both = FleetDocument.Over(own, Version("name: other\nexits: [{ name: c, type: direct }]\ndefault: c\n"));
        Assert.True(both.IsValid, string.Join("; ", both.Errors));
        Assert.Equal(("edge", "c", 50), (both.Config.Name, both.Config.Default, both.Config.Limits.Connections));
        Assert.Equal("c", Assert.Single(both.Config.Exits).Name);
        Assert.Equal("/etc/multiexit/edge.yaml", both.Document!.File);
    }

    [Theory]
    [InlineData(null, "version 3 of the fleet")]
    [InlineData("/home/ops/new.yaml", "/home/ops/new.yaml")]
    public void What_is_not_valid_together_is_told_where_it_was_written(string? source, string shown)
    {
        ConfigDocument own = new(
            "inbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }]\ndefault: b\nexits: [{ name: b, type: direct }]\n", "/x.yaml");
        ConfigResult both = FleetDocument.Over(own, Version("# two\n# remarks\nexits: [{ name: c, type: direct, wieght: 2 }]"), source);
        Assert.False(both.IsValid);
        Assert.Collection(both.Errors.Select(error => error.ToString()),
            error => Assert.StartsWith($"{shown}:3:34: exits[0].wieght: ", error, StringComparison.Ordinal),
            error => Assert.StartsWith($"/x.yaml:2:10: default: with {shown} over this file: there is no exit or group \"b\"", error,
                StringComparison.Ordinal));
    }

    private static FleetText Version(string text) => new(3, ConfigDocument.HashOf(text), text);
}
