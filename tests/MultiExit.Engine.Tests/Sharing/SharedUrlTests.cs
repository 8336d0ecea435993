using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sharing;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Lightsocks;

namespace MultiExit.Engine.Tests.Sharing;

/// <summary>URLs that are passed on are read back as what they were made of.</summary>
public sealed class SharedUrlTests
{
    private const string Pin = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string Key16 = "AAECAwQFBgcICQoLDA0ODw==";
    private const string Key32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Server2022 = $"type: shadowsocks, method: 2022-blake3-aes-128-gcm, password: {Key16}";

    [Theory]
    [InlineData("direct://")]
    [InlineData("direct://198.51.100.10")]
    [InlineData("direct://[2001:db8::1]")]
    [InlineData("socks5://h.example:1080")]
    [InlineData("socks5://a%20b:p%3A%2F%40@[2001:db8::1]:1080")]
    [InlineData("socks5s://u:p@h.example:1080?sni=front.example&pin=sha256:" + Pin)]
    [InlineData("http://u:p@h.example:3128")]
    [InlineData("https://h.example:443?insecure=true")]
    [InlineData("ws://u:p@h.example:80/a/b")]
    [InlineData("wss://h.example:443")]
    [InlineData("tunnel://h.example:443?psk=the-old%20oak&fake_snis=a.example,b.example&method=aes-256-gcm&padding=true")]
    [InlineData("tunnel://h.example:443?psk=the-old-oak&sni=a.example&pin=sha256:" + Pin)]
    [InlineData("wss+ech://h.example:8443/t?token=t-1&pin=sha256:" + Pin)]
    [InlineData("ws+ech://h.example:80/t")]
    [InlineData("ss://YWVzLTI1Ni1nY206czNjcmV0@h.example:8388#forward")]
    [InlineData("ss://2022-blake3-aes-128-gcm:AAECAwQFBgcICQoLDA0ODw%3D%3D@h.example:8388#forward")]
    [InlineData("socks4://bob@h.example:1080")]
    [InlineData("socks4a://h.example:1080")]
    public void The_URL_of_an_exit_is_the_one_that_it_was_made_of(string url)
    {
        ConfigResult result = ConfigLoader.FromUrls([], url);
        Assert.Empty(result.Errors);
        Assert.Equal(new SharedUrl(url, null), ExitUrl.Of(result.Config!.Exits[0]));
    }

    // Computed with an independent base64: printf 'chacha20-ietf-poly1305:a/b+c?' | base64 | tr '+/' '-_' | tr -d =
    [Fact]
    public void Method_and_password_of_Shadowsocks_are_base64url() => Assert.Equal(
        "ss://Y2hhY2hhMjAtaWV0Zi1wb2x5MTMwNTphL2IrYz8@192.0.2.1:8388#at%20home",
        ExitUrl.Of(new ShadowsocksExitConfig
        {
            Name = "at home", Server = Destination.FromAddress(IPAddress.Parse("192.0.2.1"), 8388), Method = "chacha20-ietf-poly1305",
            Password = new Secret("a/b+c?"),
        }).Text);

    [Fact]
    public void The_password_of_Lightsocks_is_base64url_without_padding()
    {
        string password = NextOctet.Password, url = $"lightsocks://{password.TrimEnd('=').Replace('+', '-').Replace('/', '_')}@h.example:7448";
        ConfigResult result = ConfigLoader.FromUrls([], $"lightsocks://{Uri.EscapeDataString(password)}@h.example:7448");
        Assert.Empty(result.Errors);
        Assert.Equal(new SharedUrl(url, null), ExitUrl.Of(result.Config!.Exits[0]));
        Assert.Equal(new SharedUrl(url, null), UserUrl.Of(Inbound($"type: lightsocks, password: \"{password}\""), null, "h.example", 7448));
        Assert.Equal(password, UrlText.TextOf(Assert.IsType<LightsocksExitConfig>(ConfigLoader.FromUrls([], url).Config!.Exits[0]).Password));
    }

    [Theory]
    [InlineData("type: lightsocks, password: P, users: { a: { password: p } }", "a", "no place for a login")]
    [InlineData("type: lightsocks, password: P, tls: { self_signed: true }", null, "none for TLS")]
    public void A_URL_of_Lightsocks_is_not_written_where_it_would_not_do(string keys, string? user, string problem) => Assert.Contains(
        problem, UserUrl.Of(Inbound(keys.Replace(": P", $": \"{NextOctet.Password}\"", StringComparison.Ordinal)), user, "h.example").Problem,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("type: socks5, users: { a: { password: p w } }", "a", "socks5://a:p%20w@proxy.example:1080")]
    [InlineData("type: mixed, users: { a: { password: p } }", "a", "socks5://a:p@proxy.example:1080")]
    [InlineData("type: mixed, tls: { self_signed: true }", null, "socks5s://proxy.example:1080")]
    [InlineData("type: http, users: { a: { password: p } }", "a", "http://a:p@proxy.example:1080")]
    [InlineData("type: websocket, users: { a: { password: p } }", "a", "ws://a:p@proxy.example:1080")]
    [InlineData("type: tunnel, key: the-old-oak, tls: { self_signed: true }", null, "tunnel://proxy.example:1080?psk=the-old-oak")]
    [InlineData("type: tunnel, key: the-old-oak, tls: { self_signed: true }, users: { a: { keys: { laptop: another-key } } }", "a",
        "tunnel://proxy.example:1080?psk=another-key")]
    [InlineData("type: ech-tunnel, path: /t, token: t-1, tls: { self_signed: true }", null, "wss+ech://proxy.example:1080/t?token=t-1")]
    [InlineData("type: ech-tunnel, path: /t", null, "ws+ech://proxy.example:1080/t")]
    [InlineData("type: ech-tunnel, token: t-1, users: { a: { tokens: { ci: t-2 } } }", "a", "ws+ech://proxy.example:1080/?token=t-2")]
    [InlineData("type: shadowsocks, method: aes-256-gcm, password: s3cret", null, "ss://YWVzLTI1Ni1nY206czNjcmV0@proxy.example:1080")]
    [InlineData("type: shadowsocks, method: aes-256-gcm, password: s3cret, users: { a: { networks: [10.0.0.0/8] } }", "a",
        "ss://YWVzLTI1Ni1nY206czNjcmV0@proxy.example:1080")]
    [InlineData($"{Server2022}", null, "ss://2022-blake3-aes-128-gcm:AAECAwQFBgcICQoLDA0ODw%3D%3D@proxy.example:1080")]
    [InlineData($"{Server2022}, users: {{ a: {{ psks: {{ long: {Key32}, phone: EBESExQVFhcYGRobHB0eHw== }} }} }}", "a",
        "ss://2022-blake3-aes-128-gcm:AAECAwQFBgcICQoLDA0ODw%3D%3D%3AEBESExQVFhcYGRobHB0eHw%3D%3D@proxy.example:1080")]
    public void The_URL_of_a_user_leads_into_the_inbound(string keys, string? user, string url)
    {
        InboundConfig inbound = Inbound(keys);
        Assert.Equal(new SharedUrl(url, null), UserUrl.Of(inbound, user, "proxy.example"));
        Assert.Empty(ConfigLoader.FromUrls([], url).Errors);
        Assert.Contains(":4443", UserUrl.Of(inbound, user, "2001:db8::1", 4443).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type: socks5, users: { a: { password: p } }", null, "asks for a login")]
    [InlineData("type: socks5, users: { a: { password: p } }", "b", "has no user of that name")]
    [InlineData("type: socks5, users: { a: { networks: [10.0.0.0/8] } }", "a", "no password is known here")]
    [InlineData("type: tunnel, tls: { self_signed: true }, users: { a: { keys: { laptop: another-key } } }", null, "no key that all have in common")]
    [InlineData("type: forward, target: \"a:1\"", null, "has no URL for clients")]
    [InlineData($"{Server2022}, users: {{ a: {{ psks: {{ k: EBESExQVFhcYGRobHB0eHw== }} }} }}", null, "name one of its users")]
    [InlineData($"{Server2022}, users: {{ a: {{ psks: {{ k: EBESExQVFhcYGRobHB0eHw== }} }}, b: {{ password: p }} }}", "b", "has no psk for 2022-blake3")]
    public void Where_there_is_no_URL_the_reason_is_said(string keys, string? user, string problem)
    {
        SharedUrl shared = UserUrl.Of(Inbound(keys), user, "proxy.example");
        Assert.Null(shared.Text);
        Assert.Contains(problem, shared.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_URL_is_not_printed_by_accident() =>
        Assert.DoesNotContain(Key16, new SharedUrl($"ss://{Key16}@h:1", null).ToString(), StringComparison.Ordinal);

    private static InboundConfig Inbound(string keys) =>
        ConfigAssert.Valid($"inbounds: [{{ name: in, listen: \":1080\", {keys} }}]").Inbounds[0];
}
