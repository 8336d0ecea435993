using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Exits of the type <c>shadowsocks</c>, and their URLs.</summary>
public sealed class ShadowsocksTests
{
    private const string Key16 = "AAECAwQFBgcICQoLDA0ODw==";

    [Theory]
    [InlineData("server: \"ss.example:8388\", method: aes-256-gcm, password: s3cret", "aes-256-gcm", "s3cret")]
    [InlineData("server: \"ss.example:8388\", method: AES-256-GCM, password: s3cret", "aes-256-gcm", "s3cret")]
    [InlineData("server: \"ss://aes-128-gcm:s3%2Fcret@ss.example:8388#home\"", "aes-128-gcm", "s3/cret")]
    [InlineData("server: \"ss://YWVzLTI1Ni1nY206czNjcmV0@ss.example:8388/\"", "aes-256-gcm", "s3cret")]
    [InlineData("server: \"ss.example:8388\", method: 2022-blake3-aes-128-gcm, password: " + Key16, "2022-blake3-aes-128-gcm", Key16)]
    [InlineData("server: \"ss.example:8388\", method: 2022-blake3-aes-128-gcm, password: \"" + Key16 + ":" + Key16 + "\"",
        "2022-blake3-aes-128-gcm", Key16 + ":" + Key16)]
    public void A_server_has_a_method_and_a_password_beside_it_or_in_its_URL(string keys, string method, string password)
    {
        GatewayConfig config = ConfigAssert.Valid($"{ConfigAssert.Inbound}exits: [{{ name: ss, type: shadowsocks, {keys} }}]");
        ShadowsocksExitConfig exit = Assert.IsType<ShadowsocksExitConfig>(Assert.Single(config.Exits));
        Assert.Equal(("ss.example:8388", method), (exit.Server.ToString(), exit.Method));
        Assert.True(exit.Password.Matches(System.Text.Encoding.UTF8.GetBytes(password)));
    }

    [Theory]
    [InlineData("server: \"a:1\", method: aes-256-cfb, password: s3cret", "exits[0].method", "does not show what was changed")]
    [InlineData("server: \"a:1\", method: aes-512-gcm, password: s3cret", "exits[0].method", "expected one of aes-128-gcm")]
    [InlineData("server: \"a:1\", method: 2022-blake3-aes-128-gcm, password: s3cret", "exits[0].password", "16 random octets")]
    [InlineData("server: \"a:1\", method: 2022-blake3-aes-256-gcm, password: " + Key16, "exits[0].password", "32 random octets")]
    [InlineData("server: \"ss://aes-128-gcm:s3cret@a:1?plugin=obfs\"", "exits[0].server", "plugin")]
    [InlineData("server: \"ss://s3cret@a:1\"", "exits[0].server", "neither as text nor as base64url")]
    [InlineData("server: \"ss://a:1\"", "exits[0].server", "before an @")]
    [InlineData("server: \"ss://aes-128-gcm:s3cret@a\"", "exits[0].server", "host and port")]
    [InlineData("server: \"ss://aes-128-gcm:s3cret@a:1\", password: s3cret", "exits[0].password", "says it already")]
    [InlineData("server: nowhere, method: aes-256-gcm, password: s3cret", "exits[0].server", "ss.example:8388")]
    public void A_fault_is_named_without_the_secret(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{ConfigAssert.Inbound}exits: [{{ name: ss, type: shadowsocks, {keys} }}]"));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_URL_has_its_name_behind_the_hash()
    {
        Assert.Null(ShadowsocksUrl.Parse("ss://aes-128-gcm:p@[2001:db8::1]:8388#at%20home", out ShadowsocksUrl? url));
        Assert.Equal(("[2001:db8::1]:8388", "at home"), (url!.Server.ToString(), url.Tag));
    }
}
