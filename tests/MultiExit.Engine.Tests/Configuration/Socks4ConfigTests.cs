using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The key <c>socks4</c> of inbounds, and exits of the type <c>socks4</c>.</summary>
public sealed class Socks4ConfigTests
{
    [Theory]
    [InlineData("socks5", "", false)]
    [InlineData("socks5", ", socks4: true", true)]
    [InlineData("mixed", "", false)]
    [InlineData("mixed", ", socks4: true", true)]
    public void An_inbound_takes_SOCKS4_where_its_key_says_so(string type, string key, bool taken)
    {
        InboundConfig inbound = Assert.Single(ConfigAssert.Valid($"inbounds: [{{ name: in, type: {type}, listen: \":1080\"{key} }}]").Inbounds);
        Assert.Equal(taken, inbound is MixedInboundConfig mixed ? mixed.Socks5.Socks4 : ((Socks5InboundConfig)inbound).Socks5.Socks4);
    }

    [Theory]
    [InlineData("server: \"h:1080\"", "h:1080", null, NameResolution.Remote)]
    [InlineData("server: \"h:1080\", username: alice, resolve: local", "h:1080", "alice", NameResolution.Local)]
    [InlineData("server: \"socks4a://alice@h\"", "h:1080", "alice", NameResolution.Remote)]
    [InlineData("server: \"socks4://h:81\"", "h:81", null, NameResolution.Local)]
    [InlineData("server: \"socks4://h:81\", resolve: remote", "h:81", null, NameResolution.Remote)]
    public void An_exit_sends_names_unless_it_says_otherwise(string keys, string server, string? user, NameResolution resolve)
    {
        GatewayConfig config = ConfigAssert.Valid($"{ConfigAssert.Inbound}exits: [{{ name: up, type: socks4, {keys} }}]");
        Socks4ExitConfig exit = Assert.IsType<Socks4ExitConfig>(Assert.Single(config.Exits));
        Assert.Equal((server, user, resolve), (exit.Server.ToString(), exit.Username, exit.Resolve));
    }

    [Theory]
    [InlineData("server: \"h:1\", username: alice, password: s3cret", "exits[0].password", "unknown key")]
    [InlineData("server: \"socks4://alice:s3cret@h:1\"", "exits[0].server", "no place for a password")]
    [InlineData("server: \"socks5://h:1\"", "exits[0].server", "expected socks4:// or socks4a://")]
    [InlineData("server: \"h:1\", resolve: here", "exits[0].resolve", "expected \"remote\" or \"local\"")]
    public void A_fault_is_named_without_the_secret(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}exits: [{{ name: up, type: socks4, {keys} }}]"));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("socks4://alice@h", NameResolution.Local)]
    [InlineData("socks4a://alice@h:1080?timeout=3s&retries=2", NameResolution.Remote)]
    public void A_URL_leads_through_it(string url, NameResolution resolve)
    {
        ConfigResult result = ConfigLoader.FromUrls(["socks5://127.0.0.1:0?socks4=true"], url);
        Assert.Empty(result.Errors);
        Socks4ExitConfig exit = Assert.IsType<Socks4ExitConfig>(Assert.Single(result.Config!.Exits));
        Assert.Equal(("h:1080", "alice", resolve), (exit.Server.ToString(), exit.Username, exit.Resolve));
        Assert.True(((Socks5InboundConfig)result.Config.Inbounds[0]).Socks5.Socks4);
    }
}
