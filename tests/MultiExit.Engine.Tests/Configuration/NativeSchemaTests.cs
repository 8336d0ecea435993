using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Every key of the native schema that this build implements, with its default.</summary>
public sealed class NativeSchemaTests
{
    [Fact]
    public void A_minimal_file_has_the_defaults()
    {
        GatewayConfig config = ConfigAssert.Valid(ConfigAssert.Inbound);
        Assert.Equal("multiexit", config.Name);
        Assert.Equal("direct", config.Default);
        Assert.Equal(new LimitsConfig(), config.Limits);
        Assert.Equal(new DnsConfig(), config.Dns);
        Assert.Equal(new LoggingConfig(), config.Logging);
        Assert.Empty(config.Exits);
        Socks5InboundConfig inbound = Assert.IsType<Socks5InboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal(new Socks5Options(), inbound.Socks5);
        Assert.Empty(inbound.Users);
        Assert.True(inbound.AllowsPrivateDestinations);
    }

    [Fact]
    public void Every_key_of_a_socks5_inbound_is_read()
    {
        Socks5InboundConfig inbound = Assert.IsType<Socks5InboundConfig>(ConfigAssert.Valid(
            """
            inbounds:
              - name: socks
                type: socks5
                listen: "[::1]:1080"
                private_destinations: refuse
                users: { alice: { password: wonder }, "Bob B": { password: "12345" } }
                udp: false
                udp_address: 203.0.113.7
                udp_idle_timeout: 90s
                udp_per_user: 2
                udp_total: 20
                bind: true
                bind_timeout: 45s
            """).Inbounds[0]);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 1080), inbound.Listen);
        Assert.False(inbound.AllowsPrivateDestinations);
        Assert.Equal([new UserConfig("alice", new Secret("wonder")), new UserConfig("Bob B", new Secret("12345"))], inbound.Users);
        Assert.Equal(
            new Socks5Options
            {
                Udp = false, UdpAddress = IPAddress.Parse("203.0.113.7"), UdpIdleTimeout = TimeSpan.FromSeconds(90), UdpPerUser = 2, UdpTotal = 20,
                Bind = true, BindTimeout = TimeSpan.FromSeconds(45),
            },
            inbound.Socks5);
    }

    [Fact]
    public void Every_key_of_an_http_inbound_is_read()
    {
        HttpInboundConfig inbound = Assert.IsType<HttpInboundConfig>(ConfigAssert.Valid(
            """
            inbounds:
              - { name: web, type: http, listen: ":8080", private_destinations: allow,
                  max_line: 4KiB, max_head: 32KiB, max_fields: 64, head_timeout: 5s }
            """).Inbounds[0]);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 8080), inbound.Listen);
        Assert.True(inbound.AllowsPrivateDestinations);
        Assert.Equal(new HttpOptions { MaxLine = 4096, MaxHead = 32768, MaxFields = 64, HeadTimeout = TimeSpan.FromSeconds(5) }, inbound.Http);
    }

    [Fact]
    public void Mixed_inbound_takes_the_keys_of_both()
    {
        MixedInboundConfig inbound = Assert.IsType<MixedInboundConfig>(ConfigAssert.Valid(
            "inbounds: [{ name: m, type: mixed, listen: \"0.0.0.0:0\", bind: true, max_fields: 10, users: { a: { password: b } } }]").Inbounds[0]);
        Assert.True(inbound.Socks5.Bind);
        Assert.Equal(10, inbound.Http.MaxFields);
        Assert.Single(inbound.Users);
        Assert.False(inbound.AllowsPrivateDestinations);
    }

    [Fact]
    public void A_forward_inbound_is_read_with_its_target()
    {
        ForwardInboundConfig inbound = Assert.IsType<ForwardInboundConfig>(ConfigAssert.Valid(
            "inbounds: [{ name: f, type: forward, listen: \"localhost:80\", target: \"[2001:db8::1]:443\" }]").Inbounds[0]);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 80), inbound.Listen);
        Assert.Equal("[2001:db8::1]:443", inbound.Target.ToString());
    }

    [Fact]
    public void Every_key_and_URL_form_of_an_exit_is_read()
    {
        IReadOnlyList<ExitConfig> exits = ConfigAssert.Valid(ConfigAssert.Inbound +
            """
            exits:
              - { name: wan, type: direct, address: 198.51.100.10 }
              - { name: any, type: direct }
              - { name: corp, type: socks5, server: "proxy.corp:1080", username: u, password: p, via: web, timeout: 3s, retries: 2 }
              - { name: web, type: http, server: "192.0.2.1:3128", username: u, tls: { sni: proxy.example } }
              - { name: url, type: socks5, server: "socks5s://us%65r:p%40ss@[2001:db8::1]:1081?sni=a.example" }
              - { name: secure, type: http, server: "https://proxy.example" }
              - { name: plus, type: socks5, server: "socks5+tls://proxy.example", tls: true }
            """).Exits;
        Assert.Equal(new DirectExitConfig { Name = "wan", Address = IPAddress.Parse("198.51.100.10") }, exits[0]);
        Assert.Equal(new DirectExitConfig { Name = "any" }, exits[1]);
        Assert.Equal(
            new Socks5ExitConfig
            {
                Name = "corp", Server = Server("proxy.corp:1080"), Username = "u", Password = new("p"), Via = "web",
                Timeout = TimeSpan.FromSeconds(3), Retries = 2,
            },
            exits[2]);
        Assert.Equal(new HttpExitConfig { Name = "web", Server = Server("192.0.2.1:3128"), Username = "u", Tls = new() { ServerName = "proxy.example" } },
            exits[3]);
        Assert.Equal(
            new Socks5ExitConfig
            {
                Name = "url", Server = Server("[2001:db8::1]:1081"), Username = "user", Password = new("p@ss"), Tls = new() { ServerName = "a.example" },
            },
            exits[4]);
        Assert.Equal(new HttpExitConfig { Name = "secure", Server = Server("proxy.example:443"), Tls = new() }, exits[5]);
        Assert.Equal(new Socks5ExitConfig { Name = "plus", Server = Server("proxy.example:1080"), Tls = new() }, exits[6]);
    }

    [Fact]
    public void Groups_nest()
    {
        GatewayConfig config = ConfigAssert.Valid(ConfigAssert.Inbound +
            """
            groups:
              - { name: outer, strategy: round_robin, exits: [inner, block], retries: 1 }
              - { name: inner, exits: [direct] }
            default: outer
            """);
        Assert.Equal(("outer", 1), (config.Groups[0].Name, config.Groups[0].Retries));
        Assert.Equal(["inner", "block"], config.Groups[0].Exits);
        Assert.Equal("outer", config.Default);
    }

    [Fact]
    public void Two_ways_to_the_same_exit_are_no_cycle() => ConfigAssert.Valid(ConfigAssert.Inbound +
        """
        exits: [{ name: e, type: direct }]
        groups: [{ name: a, exits: [e, b] }, { name: b, exits: [e] }, { name: c, exits: [a, b] }]
        """);

    [Fact]
    public void Every_condition_of_a_rule_is_read()
    {
        GatewayConfig config = ConfigAssert.Valid(
            """
            inbounds: [{ name: in, type: http, listen: ":80", users: { alice: { password: p } } }]
            routes:
              - { ports: [25, 8000-8999], exit: block }
              - { users: [alice], inbounds: in, local_networks: [192.0.2.1, "2001:db8::/32"], domains: [.corp.example, one.example],
                  networks: [10.0.0.0/8, "::1"], exit: direct }
            """);
        Assert.Equal([new PortRange(25, 25), new PortRange(8000, 8999)], config.Routes[0].Ports);
        RouteConfig route = config.Routes[1];
        Assert.Equal(["alice"], route.Users);
        Assert.Equal(["in"], route.Inbounds);
        Assert.Equal([IPNetwork.Parse("192.0.2.1/32"), IPNetwork.Parse("2001:db8::/32")], route.LocalNetworks);
        Assert.Equal([".corp.example", "one.example"], route.Domains);
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("::1/128")], route.Networks);
        Assert.Equal("direct", route.Exit);
    }

    [Fact]
    public void The_settings_of_the_server_are_read()
    {
        GatewayConfig config = ConfigAssert.Valid(ConfigAssert.Inbound +
            """
            name: edge-1
            dns: { prefer: ipv4 }
            limits: { connections: 100, connections_per_client: 10, handshake_timeout: 1s, connect_timeout: 2s, idle_timeout: 3m, drain_timeout: 0s }
            logging: { level: debug }
            """);
        Assert.Equal("edge-1", config.Name);
        Assert.Equal(AddressPreference.Ipv4, config.Dns.Prefer);
        Assert.Equal(
            new LimitsConfig
            {
                Connections = 100, PerClient = new ScopeLimits { Connections = 10 },
                HandshakeTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(2),
                IdleTimeout = TimeSpan.FromMinutes(3), DrainTimeout = TimeSpan.Zero,
            },
            config.Limits);
        Assert.Equal(LogLevel.Debug, config.Logging.Level);
    }

    [Fact]
    public void The_same_port_on_other_addresses_and_port_0_are_no_conflict() => ConfigAssert.Valid(
        """
        inbounds:
          - { name: a, type: http, listen: "127.0.0.1:80" }
          - { name: b, type: http, listen: "127.0.0.2:80" }
          - { name: c, type: http, listen: ":0" }
          - { name: d, type: http, listen: ":0" }
        """);

    [Fact]
    public void Nothing_of_a_configuration_prints_its_secrets()
    {
        GatewayConfig config = ConfigAssert.Valid(
            "inbounds: [{ name: in, type: http, listen: \":80\", users: { alice: { password: hunter2 } } }]\n" +
            "exits: [{ name: e, type: socks5, server: \"socks5://u:hunter3@h:1\" }]");
        string text = string.Join('\n', config.ToString(),
            config.Exits[0].ToString(), config.Inbounds[0].ToString(), ((HttpInboundConfig)config.Inbounds[0]).Users[0].ToString());
        Assert.DoesNotContain("hunter", text, StringComparison.Ordinal);
    }

    private static Destination Server(string text)
    {
        Assert.True(Destination.TryParse(text, -1, out Destination? server));
        return server;
    }
}
