using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Inbounds and exits of the type <c>shadowsocks</c>, and their URLs.</summary>
public sealed class ShadowsocksTests
{
    private const string Key16 = "AAECAwQFBgcICQoLDA0ODw==";
    private const string Other16 = "EBESExQVFhcYGRobHB0eHw==";
    private const string Key32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Theory]
    [InlineData("method: aes-256-gcm, password: s3cret", true)]
    [InlineData("method: aes-256-gcm, password: s3cret, udp: false", false)]
    [InlineData("method: 2022-blake3-aes-128-gcm, password: " + Key16, true)]
    [InlineData("method: 2022-blake3-chacha20-poly1305, password: " + Key32, false)]
    public void An_inbound_takes_datagrams_where_its_method_has_them(string keys, bool udp)
    {
        GatewayConfig config = ConfigAssert.Valid($"inbounds: [{{ name: ss, type: shadowsocks, listen: \":1\", {keys} }}]");
        ShadowsocksInboundConfig inbound = Assert.IsType<ShadowsocksInboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal((udp, TimeSpan.FromMinutes(2), 64, 4096), (inbound.Udp, inbound.UdpIdleTimeout, inbound.UdpPerUser, inbound.UdpTotal));
    }

    [Theory]
    [InlineData("method: aes-256-cfb, password: s3cret", "", "method", "does not show what was changed")]
    [InlineData("method: 2022-blake3-aes-256-gcm, password: s3cret", "", "password", "32 random octets")]
    [InlineData("method: 2022-blake3-aes-128-gcm, password: " + Key32, "", "password", "16 random octets")]
    [InlineData("method: 2022-blake3-aes-128-gcm, password: \"" + Key16 + ":" + Other16 + "\"", "", "password", "those of users stand in `psks`")]
    [InlineData("method: 2022-blake3-chacha20-poly1305, udp: true, password: " + Key32, "", "udp", "not spoken here")]
    [InlineData("method: aes-256-gcm, password: s3cret, tls: { self_signed: true }", "", "tls", "encrypts by itself")]
    [InlineData("method: 2022-blake3-aes-128-gcm, password: " + Key16, "a: { psks: { p: " + Key32 + " } }", "users", "no key of 16 octets")]
    [InlineData("method: 2022-blake3-aes-128-gcm, password: " + Key16, "a: { psks: { p: " + Key16 + " } }", "users", "the same psk as `password`")]
    [InlineData("method: 2022-blake3-aes-128-gcm, password: " + Key16, "a: { psks: { p: s3cret } }", "users.a.psks.p", "16 or 32 random octets")]
    [InlineData("method: 2022-blake3-aes-128-gcm, password: " + Key16, "a: { networks: 10.0.0.0/8 }", "users", "none of its users has `psks`")]
    [InlineData("method: aes-256-gcm, password: s3cret", "a: { psks: { p: " + Key32 + " } }", "users", "none of its users has `networks`")]
    public void A_fault_of_an_inbound_is_named_without_the_secret(string keys, string users, string path, string message)
    {
        string more = users.Length == 0 ? "" : $", users: {{ {users} }}";
        ConfigError error = Assert.Single(ConfigAssert.Errors($"inbounds: [{{ name: ss, type: shadowsocks, listen: \":1\", {keys}{more} }}]"));
        Assert.Equal($"inbounds[0].{path}", error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_may_have_keys_for_methods_of_both_lengths()
    {
        GatewayConfig config = ConfigAssert.Valid($$"""
            users: { alice: { psks: { short: {{Other16}}, long: {{Key32}} } }, bob: { password: builder } }
            inbounds:
              - { name: a, type: shadowsocks, listen: ":1", method: 2022-blake3-aes-128-gcm, password: {{Key16}}, users: all }
              - { name: b, type: shadowsocks, listen: ":2", method: 2022-blake3-aes-256-gcm, password: "{{Convert.ToBase64String(new byte[32])}}", users: all }
            """);
        Assert.Equal(["psk:short", "psk:long"], config.Users[0].Credentials);
        Assert.Equal(["psk:short", "psk:long"], config.Inbounds[0].WaysIn(config.Users[0]));
        Assert.Empty(config.Inbounds[0].WaysIn(config.Users[1]));
    }

    [Fact]
    public void A_check_of_the_text_alone_takes_keys_that_stand_elsewhere()
    {
        ConfigDocument document = new("""
            users: { alice: { psks: { phone: { env: MULTIEXIT_NOT_THERE } } } }
            inbounds: [{ name: a, type: shadowsocks, listen: ":1", method: 2022-blake3-aes-128-gcm, password: { env: MULTIEXIT_NEITHER }, users: all }]
            """, null);
        Assert.Empty(ConfigLoader.Parse(document, null, isTextOnly: true).Errors);
    }

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
