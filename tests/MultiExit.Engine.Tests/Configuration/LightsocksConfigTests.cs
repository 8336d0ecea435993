using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Lightsocks;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Both sides of Lightsocks: in documents of our own, in URLs, and in the files of lightsocks.</summary>
public sealed class LightsocksConfigTests
{
    private static readonly string Password = NextOctet.Password;
    private static readonly string Encoded = Uri.EscapeDataString(Password);
    private static readonly string ForUrls = Password.Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public static TheoryData<string> Servers =>
    [
        $"server: \"h:7448\", password: \"{Password}\"",
        $"server: \"lightsocks://{Encoded}@h:7448\"",
        $"server: \"lightsocks://{ForUrls}@h:7448/\"",
        $"server: \"lightsocks://h:7448\", password: \"{Password}\"",
    ];

    [Theory]
    [MemberData(nameof(Servers))]
    public void The_password_of_an_exit_stands_beside_its_server_or_in_its_URL(string keys)
    {
        GatewayConfig config = ConfigAssert.Valid($"{ConfigAssert.Inbound}exits: [{{ name: ls, type: lightsocks, {keys} }}]");
        LightsocksExitConfig exit = Assert.IsType<LightsocksExitConfig>(Assert.Single(config.Exits));
        Assert.Equal("h:7448", exit.Server.ToString());
        Assert.True(exit.Password.Matches(Encoding.ASCII.GetBytes(Password)));
    }

    [Theory]
    [InlineData("server: \"h:1\"", "exits[0].password", "missing")]
    [InlineData("server: \"h:1\", password: s3cret", "exits[0].password", "is no password of Lightsocks")]
    [InlineData("server: \"lightsocks://s3cret@h:1\"", "exits[0].server", "is no password of Lightsocks")]
    [InlineData("server: \"lightsocks://h:1\"", "exits[0].password", "missing")]
    [InlineData("server: \"lightsocks://u:s3cret@h:1\"", "exits[0].server", "has a colon before the @")]
    [InlineData("server: \"lightsocks://s3cret@h:1?x=y\"", "exits[0].server", "has a path or options")]
    [InlineData("server: \"socks5://s3cret@h:1\"", "exits[0].server", "expected lightsocks://PASSWORD@host:port")]
    [InlineData("server: \"lightsocks://P@h:1\", password: s3cret", "exits[0].password", "holds a password already")]
    [InlineData("server: nowhere, password: P", "exits[0].server", "expected a host and a port")]
    public void A_fault_of_an_exit_is_named_without_the_secret(string keys, string path, string message)
    {
        keys = keys.Replace("//P@", $"//{Encoded}@", StringComparison.Ordinal).Replace(": P", $": \"{Password}\"", StringComparison.Ordinal);
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}exits: [{{ name: ls, type: lightsocks, {keys} }}]"));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password[..20], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void URLs_make_both_sides_and_users_may_stand_beside_them()
    {
        ConfigResult result = ConfigLoader.FromUrls(
            [$"lightsocks://{Encoded}@127.0.0.1:0"], $"lightsocks://{ForUrls}@h:7448?retries=2",
            secrets: new UrlSecrets { ListenLogin = new UserConfig("alice", new Secret("secret")) });
        Assert.Empty(result.Errors);
        LightsocksInboundConfig inbound = Assert.IsType<LightsocksInboundConfig>(Assert.Single(result.Config!.Inbounds));
        LightsocksExitConfig exit = Assert.IsType<LightsocksExitConfig>(Assert.Single(result.Config.Exits));
        Assert.Equal((inbound.Password, 2, "alice"), (exit.Password, exit.Retries, Assert.Single(inbound.Users).Name));
    }

    [Fact]
    public void A_listen_URL_without_a_password_lacks_it()
    {
        ConfigError error = Assert.Single(ConfigLoader.FromUrls(["lightsocks://127.0.0.1:0"], null).Errors);
        Assert.Contains("password", error.Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"listen\": \":12345\", \"remote\": \"\", \"password\": \"P\"}")]
    [InlineData("{\"listen\": \":12345\", \"password\": \"P\"}")]
    public void A_file_of_the_server_is_an_inbound(string text)
    {
        ConfigResult result = Load(text);
        Assert.Equal("lightsocks server", result.Dialect);
        LightsocksInboundConfig inbound = Assert.IsType<LightsocksInboundConfig>(Assert.Single(result.Config!.Inbounds));
        Assert.Equal((new IPEndPoint(IPAddress.IPv6Any, 12345), new Secret(Password)), (inbound.Listen, inbound.Password));
        Assert.Empty(result.Config.Exits);
    }

    [Theory]
    [InlineData("{\"listen\": \"127.0.0.1:1080\", \"remote\": \"h:12345\", \"password\": \"P\"}", "127.0.0.1:1080", "h:12345")]
    [InlineData("{\"remote\": \"h:12345\", \"password\": \"P\"}", "[::]:7448", "h:12345")]
    [InlineData("{\"listen\": \"\", \"remote\": \":12345\", \"password\": \"P\"}", "[::]:7448", "127.0.0.1:12345")]
    public void A_file_with_a_remote_is_a_SOCKS5_port_that_leads_there(string text, string listen, string server)
    {
        ConfigResult result = Load(text);
        Assert.Equal("lightsocks local", result.Dialect);
        Socks5InboundConfig inbound = Assert.IsType<Socks5InboundConfig>(Assert.Single(result.Config!.Inbounds));
        LightsocksExitConfig exit = Assert.IsType<LightsocksExitConfig>(Assert.Single(result.Config.Exits));
        Assert.Equal((listen, server, exit.Name), (inbound.Listen.ToString(), exit.Server.ToString(), result.Config.Default));
        Assert.False(inbound.Socks5.Udp);
    }

    [Theory]
    [InlineData("{\"remote\": \"h:12345\", \"password\": \"s3cret\"}", "password", "is no password of Lightsocks")]
    [InlineData("{\"remote\": \"h:12345\", \"password\": \"P\", \"user\": \"s3cret\"}", "user", "unknown key")]
    [InlineData("{\"remote\": \"h\", \"password\": \"P\"}", "remote", "expected a host and a port")]
    [InlineData("{\"remote\": \"\", \"password\": \"P\"}", "listen", "missing")]
    public void A_faulty_file_is_an_error_at_its_key(string text, string path, string message)
    {
        ConfigError error = ConfigAssert.Errors(text.Replace("P", Password, StringComparison.Ordinal))[0];
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    private static ConfigResult Load(string text)
    {
        ConfigResult result = ConfigLoader.Parse(text.Replace("P", Password, StringComparison.Ordinal));
        Assert.Empty(result.Errors);
        return result;
    }
}
