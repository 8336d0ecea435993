using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The URLs that users of gost type: chains, groups, other names, and what is refused.</summary>
public sealed class UrlChainTests
{
    [Fact]
    public void Several_forward_URLs_are_a_chain_whose_first_hop_comes_first()
    {
        GatewayConfig config = Valid([":8080"], ["socks5://a:1", "http://u:p@b:2", "ss://aes-256-gcm:s3cret@c:3"]);
        Assert.Equal([("hop-1", null, "socks5"), ("hop-2", "hop-1", "http"), ("forward", "hop-2", "shadowsocks")],
            config.Exits.Select(exit => (exit.Name, exit.Hop!.Value.Via, exit.Type)));
        Assert.Equal("forward", config.Default);
    }

    [Fact]
    public void A_hop_with_several_hosts_is_a_group()
    {
        GatewayConfig config = Valid([":8080"], ["socks5://u:p@a:1,b:2?timeout=3s", "http://c:3,d:4,e:5?strategy=fifo"]);
        Assert.Equal([("hop-1", GroupStrategy.RoundRobin, 1), ("forward", GroupStrategy.Failover, 2)],
            config.Groups.Select(group => (group.Name, group.Strategy, group.Retries)));
        Assert.Equal(["hop-1-1", "hop-1-2"], config.Groups[0].Exits);
        Assert.All(config.Exits.OfType<Socks5ExitConfig>(),
            exit => Assert.Equal(("u", TimeSpan.FromSeconds(3), null), (exit.Username, exit.Timeout, exit.Via)));
        Assert.All(config.Exits.OfType<HttpExitConfig>(), exit => Assert.Equal("hop-1", exit.Via));
    }

    [Theory]
    [InlineData("round", GroupStrategy.RoundRobin)]
    [InlineData("rand", GroupStrategy.Random)]
    [InlineData("random", GroupStrategy.Random)]
    [InlineData("fifo", GroupStrategy.Failover)]
    [InlineData("hash", GroupStrategy.Sticky)]
    [InlineData("lowest_latency", GroupStrategy.LowestLatency)]
    public void A_strategy_has_the_name_of_either_program_and_makes_a_group_of_one_host_too(string name, GroupStrategy strategy)
    {
        GroupConfig group = Assert.Single(Valid([":1"], [$"socks5://a:1?strategy={name}"]).Groups);
        Assert.Equal((strategy, 1, 0), (group.Strategy, group.Exits.Count, group.Retries));
    }

    [Theory]
    [InlineData("auto://:8080", typeof(MixedInboundConfig))]
    [InlineData("auto+tls://:8080?self_signed=true", typeof(MixedInboundConfig))]
    [InlineData("socks://:1080", typeof(Socks5InboundConfig))]
    [InlineData("http+tls://:1080?self_signed=true", typeof(HttpInboundConfig))]
    public void The_names_of_gost_listen(string url, Type type) => Assert.IsType(type, Assert.Single(Valid([url], []).Inbounds));

    [Theory]
    [InlineData("socks://h:1", typeof(Socks5ExitConfig))]
    [InlineData("socks+tls://h:1?secure=true", typeof(Socks5ExitConfig))]
    [InlineData("ss://aes-256-gcm:s3cret@h:1#home", typeof(ShadowsocksExitConfig))]
    [InlineData("ss://YWVzLTI1Ni1nY206czNjcmV0@h:1?timeout=3s", typeof(ShadowsocksExitConfig))]
    [InlineData("ech-tunnel://h/t?token=abc", typeof(EchTunnelExitConfig))]
    public void The_names_of_gost_forward(string url, Type type) => Assert.IsType(type, Assert.Single(Valid([], [url]).Exits));

    [Fact]
    public void A_URL_in_a_document_says_the_type_of_its_exit()
    {
        GatewayConfig config = ConfigAssert.Valid($$"""
            {{ConfigAssert.Inbound}}
            exits:
              - { name: a, server: "socks://u:p@a.example:1", weight: 3 }
              - { name: b, server: "ss://aes-256-gcm:s3cret@b.example:2#x", via: a }
            """);
        Socks5ExitConfig a = Assert.IsType<Socks5ExitConfig>(config.Exits[0]);
        Assert.Equal(("u", 3), (a.Username, a.Weight));
        Assert.Equal("a", Assert.IsType<ShadowsocksExitConfig>(config.Exits[1]).Via);
    }

    [Theory]
    [InlineData("exits: [{ name: a, server: \"h:1\" }]", "exits[0].type")]
    [InlineData("exits: [{ name: a, server: \"socks5://h:1?timeout=3s\", timeout: 4s }]", "exits[0].timeout")]
    [InlineData("exits: [{ name: a, server: \"socks5://h:1,i:2\" }]", "exits[0].server")]
    public void A_faulty_exit_without_a_type_is_an_error_at_its_key(string exits, string path) =>
        Assert.Equal(path, Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + exits)).Path);

    [Fact]
    public void Datagrams_are_forwarded_beside_connections_on_one_port()
    {
        GatewayConfig config = Valid(["tcp://127.0.0.1:53/dns.example:53", "udp://127.0.0.1:53/dns.example:53?udp_idle_timeout=5s"], []);
        ForwardInboundConfig udp = Assert.IsType<ForwardInboundConfig>(config.Inbounds[1]);
        Assert.Equal((ForwardNetwork.Udp, TimeSpan.FromSeconds(5), "dns.example:53"), (udp.Network, udp.UdpIdleTimeout, udp.Target.ToString()));
        Assert.Equal((false, true, true, false),
            (udp.CarriesTcp, udp.CarriesUdp, config.Inbounds[0].CarriesTcp, config.Inbounds[0].CarriesUdp));
    }

    [Theory]
    [InlineData("udp://127.0.0.1:53/a:1", "udp://:53/b:1", "is already taken by the listener")]
    [InlineData("tcp://127.0.0.1:80/a:1", "http://127.0.0.1:80", "is already taken by the listener")]
    [InlineData("tcp://127.0.0.1:80/a:1,b:2", "udp://127.0.0.1:80/a:1", "several targets for one port")]
    [InlineData("udp://127.0.0.1:80", "http://:1", "has no target")]
    [InlineData("udp://127.0.0.1:80/a:1?network=tcp", "http://:1", "the URL itself says it")]
    [InlineData("udp+tls://127.0.0.1:80/a:1", "http://:1", "unknown scheme")]
    [InlineData("relay+tls://:443", "http://:1", "asks for gost's relay, which is not spoken here; between two of ours tunnel:// does its job")]
    [InlineData("relay+wss://:443", "http://:1", "inside a WebSocket")]
    [InlineData("http2://:443", "http://:1", "gost's http2, which is not spoken here; tunnel://")]
    [InlineData("socks5+kcp://:443", "http://:1", "gost's kcp, which is not spoken here; carriers are TCP here")]
    [InlineData("ssu://aes-256-gcm:p@:443", "http://:1", "ss:// carries datagrams as well")]
    [InlineData("rtcp://:443/a:1", "http://:1", "gost's rtcp")]
    [InlineData("redirect://:443", "http://:1", "gost's redirect, which is not spoken here; an inbound `type: transparent` of a document")]
    [InlineData("tproxy://:443", "http://:1", "`type: transparent`")]
    [InlineData("ss://aes-256-gcm:p@:53", "udp://127.0.0.1:53/a:1", "is already taken by the listener")]
    [InlineData("sni://:443", "http://:1", "`sniff` of rules")]
    [InlineData("http://:443?probe_resist=code:404", "http://:1", "an option of gost that is none here; `fallback` of a tunnel://")]
    [InlineData("http://:443?bypass=10.0.0.0/8", "http://:1", "an option of gost that is none here; `routes`")]
    public void What_cannot_be_listened_on_is_refused_by_name(string url, string other, string message) => Assert.Contains(
        ConfigLoader.FromUrlChain([url, other], []).Errors, error => error.Message.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("forward[1]", "socks5://a:1", "gopher://b:1", "unknown scheme")]
    [InlineData("forward[0]", "quic://a:1", "http://b:1", "gost's quic")]
    [InlineData("forward[0]", "http+ssh://a:1", "http://b:1", "gost's ssh")]
    [InlineData("forward[0]", "socks5+wss://a:1", "http://b:1", "inside a WebSocket")]
    [InlineData("forward[1]", "socks5://a:1", "direct://", "cannot be reached through another hop")]
    [InlineData("forward[0].max_fails", "socks5://a:1?max_fails=3", "http://b:1", "`health` of exits and groups")]
    [InlineData("forward[0].plugin", "ss://aes-256-gcm:p@a:1?plugin=obfs", "http://b:1", "plugins are not started here")]
    [InlineData("forward[0].strategy", "socks5://a:1,b:2?strategy=best", "http://b:1", "expected \"round_robin\"")]
    public void A_faulty_hop_is_an_error_at_its_place(string path, string first, string second, string message)
    {
        IReadOnlyList<ConfigError> errors = ConfigLoader.FromUrlChain([], [first, second]).Errors;
        Assert.Contains(errors, error => error.Path == path && error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_login_beside_the_URLs_is_that_of_the_last_hop()
    {
        UrlSecrets secrets = new() { ForwardLogin = new UserConfig("u", new Secret("p")) };
        ConfigResult result = ConfigLoader.FromUrlChain([], ["socks5://a:1", "http://b:1"], null, secrets);
        Assert.Empty(result.Errors);
        Assert.Equal([null, "u"], result.Config!.Exits.Cast<ProxyExitConfig>().Select(exit => exit.Username));
    }

    [Fact]
    public void No_error_has_a_secret_of_a_URL()
    {
        string[] urls =
        [
            "socks5://u:Zq7secret@h:1,?strategy=Zq7secret", "ss://aes-999-gcm:Zq7secret@h:1,i:2", "ss://Zq7secret@h:1", "relay://Zq7secret:x@h:1",
            "socks5+ws://u:Zq7secret@h:1", "http://u:Zq7secret@h:1,j?sni=Zq7secret",
        ];
        foreach (string url in urls)
        {
            IReadOnlyList<ConfigError> errors = [.. ConfigLoader.FromUrlChain([], [url]).Errors, .. ConfigLoader.FromUrlChain([url], []).Errors];
            Assert.NotEmpty(errors);
            // What stands in the place of a strategy is shown, as any other word of a choice is.
            Assert.All(errors.Where(error => !error.Path.EndsWith("strategy", StringComparison.Ordinal)),
                error => Assert.DoesNotContain("Zq7secret", error.ToString(), StringComparison.Ordinal));
        }
    }

    private static GatewayConfig Valid(IReadOnlyList<string> listen, IReadOnlyList<string> forward)
    {
        ConfigResult result = ConfigLoader.FromUrlChain(listen, forward);
        Assert.Empty(result.Errors);
        return result.Config!;
    }
}
