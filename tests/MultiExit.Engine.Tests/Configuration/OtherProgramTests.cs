using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Files of gost and of shadowsocks-libev run as they are.</summary>
public sealed class OtherProgramTests
{
    private const string Local = "{ \"server\": \"192.0.2.1\", \"server_port\": 8388, \"local_port\": 1080, \"password\": \"p\", \"method\": \"aes-256-gcm\"";

    [Fact]
    public void The_file_of_ss_local_is_a_socks5_inbound_and_its_servers()
    {
        GatewayConfig config = Load("ss-local.json", "shadowsocks client");
        Socks5InboundConfig inbound = Assert.IsType<Socks5InboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 1080), true), (inbound.Listen, inbound.Socks5.Udp));
        Assert.Equal([("192.0.2.1:8388", "chacha20-ietf-poly1305"), ("[2001:db8::1]:8388", "chacha20-ietf-poly1305")],
            config.Exits.Cast<ShadowsocksExitConfig>().Select(exit => (exit.Server.ToString(), exit.Method)));
        Assert.Equal((config.Default, 1), (Assert.Single(config.Groups).Name, config.Groups[0].Retries));
        Assert.Equal(TimeSpan.FromSeconds(60), config.Limits.IdleTimeout);
    }

    [Fact]
    public void Without_a_mode_ss_local_takes_no_datagrams()
    {
        GatewayConfig config = ConfigAssert.Valid(Local + "}");
        Assert.False(Assert.IsType<Socks5InboundConfig>(config.Inbounds[0]).Socks5.Udp);
        Assert.Equal((config.Exits[0].Name, 0), (config.Default, config.Groups.Count));
    }

    [Fact]
    public void The_file_of_ss_tunnel_forwards_a_port()
    {
        ForwardInboundConfig inbound = Assert.IsType<ForwardInboundConfig>(
            ConfigAssert.Valid(Local + ", \"tunnel_address\": \"192.0.2.53:53\", \"mode\": \"tcp_and_udp\" }").Inbounds[0]);
        Assert.Equal(("192.0.2.53:53", ForwardNetwork.Both), (inbound.Target.ToString(), inbound.Network));
    }

    [Theory]
    [InlineData("\"plugin\": \"obfs-local\"", "plugin", "plugins are not started here")]
    [InlineData("\"mode\": \"udp_only\"", "mode", "there is no inbound for datagrams alone")]
    [InlineData("\"mode\": \"both\"", "mode", "expected \"tcp_only\", \"tcp_and_udp\" or \"udp_only\"")]
    [InlineData("\"timeout\": \"soon\"", "timeout", "expected seconds, such as 300")]
    [InlineData("\"users\": []", "users", "a client has no users")]
    [InlineData("\"acl\": \"/etc/ss.acl\"", "acl", "`routes`")]
    [InlineData("\"acl\": [\"10.0.0.0/8\"]", "acl", "`routes`")]
    [InlineData("\"udp_timeout\": \"soon\"", "udp_timeout", "expected seconds, such as 300")]
    [InlineData("\"fast_opn\": true", "fast_opn", "unknown key; did you mean \"fast_open\"?")]
    public void A_faulty_file_of_ss_local_is_an_error_at_its_key(string key, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"{Local}, {key} }}"));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    // ss-server has to be given both addresses; ours takes IPv4 on [::] too.
    [Fact]
    public void The_file_of_ss_server_is_a_shadowsocks_inbound()
    {
        GatewayConfig config = Load("ss-server.json", "shadowsocks server");
        ShadowsocksInboundConfig inbound = Assert.IsType<ShadowsocksInboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal((new IPEndPoint(IPAddress.IPv6Any, 8388), "chacha20-ietf-poly1305", true), (inbound.Listen, inbound.Method, inbound.Udp));
        Assert.Equal((true, true), (inbound.Password.Matches("barfoo!"u8), inbound.HasNoUsers));
        Assert.Equal(("direct", TimeSpan.FromDays(1)), (config.Default, config.Limits.IdleTimeout));
    }

    [Fact]
    public void The_users_of_a_server_come_in_at_each_of_its_addresses_by_their_keys()
    {
        GatewayConfig config = Load("ss-server-users.json", "shadowsocks server");
        Assert.Equal([("shadowsocks", "198.51.100.10:8388"), ("shadowsocks-2", "[2001:db8::10]:8388")],
            config.Inbounds.Select(inbound => (inbound.Name, inbound.Listen.ToString())));
        foreach (ShadowsocksInboundConfig inbound in config.Inbounds.Cast<ShadowsocksInboundConfig>())
        {
            Assert.Equal(("2022-blake3-aes-128-gcm", false), (inbound.Method, inbound.Udp));
            Assert.Equal([("alice", "psk:key"), ("bob", "psk:key")], inbound.Users.Select(user => (user.Name, Assert.Single(user.Credentials))));
        }
    }

    [Theory]
    [InlineData("{ \"server_port\": 1, \"password\": \"p\", \"method\": \"rc4-md5\" }", "method", "does not show what was changed on the way")]
    [InlineData("{ \"server_port\": 1, \"password\": \"p\", \"method\": \"aes-256-gcm\", \"users\": [{ \"name\": \"a\" }] }", "users[0].password", "missing")]
    [InlineData("{ \"server_port\": 1, \"method\": \"aes-256-gcm\" }", "password", "missing")]
    [InlineData("{ \"server_port\": 1, \"password\": \"p\", \"method\": \"aes-256-gcm\", \"acl\": \"block.acl\" }", "acl", "`allow` of an inbound")]
    [InlineData("{ \"port_password\": { \"8381\": \"a\" }, \"method\": \"aes-256-gcm\" }", "", "ss-manager")]
    public void A_faulty_file_of_ss_server_is_an_error_at_its_key(string text, string path, string message) => Assert.Contains(
        ConfigAssert.Errors(text), error => error.Path == path && error.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void The_file_of_gost_2_is_its_URLs()
    {
        GatewayConfig config = Load("gost-2.json", "gost 2");
        Assert.Equal(["mixed", "socks5", "forward"], config.Inbounds.Select(inbound => inbound.Type));
        Assert.Equal([new UserConfig("alice", new Secret("wonder"))], config.Inbounds[1].Users);
        Assert.Equal([("forward-hop-1", null), ("forward", "forward-hop-1")], config.Exits.Select(exit => (exit.Name, exit.Hop!.Value.Via)));
        Assert.Equal("forward", config.Default);
        // The chain is that of the first listeners alone.
        RouteConfig route = Assert.Single(config.Routes);
        Assert.Equal(("forward", "direct"), (Assert.Single(route.Inbounds), route.Exit));
    }

    [Fact]
    public void The_file_of_gost_3_is_its_services_and_chains()
    {
        GatewayConfig config = Load("gost-3.yaml", "gost 3");
        Assert.Equal([("proxy", "mixed"), ("ssh", "forward"), ("open", "socks5")], config.Inbounds.Select(inbound => (inbound.Name, inbound.Type)));
        Assert.Equal([new UserConfig("alice", new Secret("won/der"))], config.Inbounds[0].Users);
        Assert.Equal([new UserConfig("carol", new Secret("s3cret"))], config.Inbounds[2].Users);
        GroupConfig group = Assert.Single(config.Groups);
        Assert.Equal(("chain-0-hop-1", GroupStrategy.RoundRobin), (group.Name, group.Strategy));
        Socks5ExitConfig last = Assert.IsType<Socks5ExitConfig>(config.Exits[^1]);
        Assert.Equal(("chain-0", "chain-0-hop-1", "front.example", "bob"), (last.Name, last.Via, last.Tls!.ServerName, last.Username));
        RouteConfig route = Assert.Single(config.Routes);
        Assert.Equal(("proxy", "chain-0", "direct"), (Assert.Single(route.Inbounds), route.Exit, config.Default));
    }

    [Theory]
    [InlineData("services: [{ addr: \":1\", handler: { type: relay } }]", "services[0]", "gost's relay")]
    [InlineData("services: [{ addr: \":1\", handler: { type: socks5 }, listener: { type: ws } }]", "services[0]", "inside a WebSocket")]
    [InlineData("services: [{ addr: \":1\", handler: { type: socks5, chain: x } }]", "services[0].handler.chain", "there is no chain \"x\"")]
    [InlineData("services: [{ addr: \":1\", handler: { type: socks5, auther: x } }]", "services[0].handler.auther", "there is no auther")]
    [InlineData("services: [{ addr: \":1\", bypass: x }]", "services[0].bypass", "unknown key")]
    [InlineData("services: [{ addr: \":1\", handler: { type: http, metadata: { knock: a.example } } }]", "services[0].handler.metadata.knock", "`fallback`")]
    [InlineData("services: [{ addr: \":1\", handler: { metadata: { probeResist: code } } }]", "services[0].handler.metadata.probeResist", "`fallback`")]
    [InlineData("services: [{ addr: \":1\", listener: { type: tcp, metadata: { mbind: true } } }]", "services[0].listener.metadata.mbind", "gost's tunnels")]
    [InlineData("services: [{ addr: \":1\", metadata: { interface: eth1 } }]", "services[0].metadata.interface", "leave it out if")]
    [InlineData("services: [{ addr: \":1\", metadata: [knock] }]", "services[0].metadata", "a mapping")]
    [InlineData("services: [{ addr: \":1\", handler: { type: http, metadata: { udp: true } } }]", "services[0].udp", "unknown key")]
    [InlineData("services: []\nbypasses: []", "bypasses", "unknown key")]
    [InlineData("services: [{ addr: \":1\", handler: { type: tcp }, forwarder: { nodes: [{ addr: \"a:1\" }, { addr: \"b:1\" }] } }]",
        "services[0].forwarder", "several targets")]
    [InlineData("{ ServeNodes: [\"mws://:1\"] }", "ServeNodes[0]", "gost's mws")]
    [InlineData("{ ServeNodes: [\":1\"], ChainNodes: [\"http://a:1\", \"direct://\"] }", "ChainNodes[1]", "another hop")]
    public void What_gost_has_and_we_have_not_is_refused_at_its_place(string text, string path, string message) => Assert.Contains(
        ConfigAssert.Errors(text), error => error.Path == path && error.Message.Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData("tcp_and_udp", 90)]
    [InlineData("tcp_only", 120)]
    public void The_time_of_datagrams_is_that_of_the_inbound_which_has_them(string mode, int seconds)
    {
        string[] files = ["{ \"server_port\": 1", $"{{ \"server_port\": 1, \"server\": \"192.0.2.1\", \"local_port\": 2"];
        InboundConfig[] inbounds = [.. files.Select(start => Assert.Single(Parse(
            $"{start}, \"password\": \"p\", \"method\": \"aes-256-gcm\", \"mode\": \"{mode}\", \"udp_timeout\": 90 }}").Inbounds))];
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<ShadowsocksInboundConfig>(inbounds[0]).UdpIdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<Socks5InboundConfig>(inbounds[1]).Socks5.UdpIdleTimeout);
    }

    [Fact]
    public void Metadata_of_gost_that_changes_nothing_is_remarked_and_what_it_says_of_UDP_counts()
    {
        GatewayConfig config = Parse("services: [{ addr: \":1\", handler: { type: socks5, metadata: { udp: false, bind: true, udpBufferSize: 4096 } },"
            + " listener: { type: tcp, metadata: { keepAlive: true } }, metadata: }]");
        Socks5Options socks = Assert.IsType<Socks5InboundConfig>(Assert.Single(config.Inbounds)).Socks5;
        Assert.Equal((false, true), (socks.Udp, socks.Bind));
        Assert.Equal(["udpBufferSize", "keepAlive"], config.NotCarriedOver.Select(remark => remark.Split(':')[0].Split('.')[^1]));
    }

    [Fact]
    public async Task What_is_not_carried_over_is_warned_of()
    {
        string sample = ConfigAssert.Sample("gost-3.yaml");
        ConfigCheck check = await ConfigCheck.OnThisMachineAsync(ConfigLoader.LoadFile(sample), sample);
        string message = Assert.Single(check.Warnings, warning => warning.Id == "MX1125").Message;
        Assert.EndsWith("; line 65, log: has no counterpart here", message, StringComparison.Ordinal);
    }

    private static GatewayConfig Parse(string text)
    {
        ConfigResult result = ConfigLoader.Parse(new ConfigDocument(text, null), "other.yaml", isTextOnly: true);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    private static GatewayConfig Load(string sample, string dialect)
    {
        ConfigResult result = ConfigLoader.LoadFile(ConfigAssert.Sample(sample));
        Assert.Empty(result.Errors);
        Assert.Equal(dialect, result.Dialect);
        return result.Config!;
    }
}
