using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The configuration files of other programs, as their documentation prints them and varied.</summary>
public sealed class DialectTests
{
    private static readonly string AFiles =
        $"cert: {ConfigAssert.Sample("multiexit-proxy-server.yaml")}, key: {ConfigAssert.Sample("multiexit-proxy-server.yaml")}";
    private static readonly string AServer =
        $"server: {{ listen: \":443\", tls: {{ {AFiles}, sni_fake: true, fake_snis: [cloudflare.com] }} }}\n"
        + "auth: { method: psk, key: long enough }\n";
    private const string B = "{\"listen_addr\": \":1080\", \"protocol\": \"socks5\", ";

    [Theory]
    [InlineData("{\"servers\": [], \"local_address\": \"127.0.0.1\", \"local_port\": 1080}", "Shadowsocks with several servers")]
    [InlineData("{\"server\": \"::\", \"port_password\": {\"8388\": \"Zq7\"}, \"method\": \"aes-256-gcm\"}", "ss-manager")]
    [InlineData("{\"run_type\": \"client\", \"remote_addr\": \"h\"}", "Trojan")]
    [InlineData("{\"inbounds\": [], \"outbounds\": []}", "Xray, V2Ray or sing-box")]
    [InlineData("mixed-port: 7890\nproxies: []\nrules: []", "Clash")]
    [InlineData("{\"listen\": \"socks://127.0.0.1:1080\", \"proxy\": \"https://u:Zq7@h\"}", "NaiveProxy")]
    [InlineData("server: h:443\nauth: Zq7\nsocks5: { listen: \"127.0.0.1:1080\" }", "Hysteria")]
    public void A_file_of_another_program_is_named_as_such(string text, string program)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(text));
        Assert.StartsWith($"this is a configuration of {program}, which is not read here; ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_multiexit_proxy_server_sample_as_printed_lacks_only_its_files()
    {
        ConfigResult result = ConfigLoader.LoadFile(ConfigAssert.Sample("multiexit-proxy-server.yaml"));
        Assert.Equal("multiexit-proxy server", result.Dialect);
        Assert.Equal(
            [
                (4, 11, "server.tls.cert", "the file \"/path/to/cert.pem\" does not exist"),
                (5, 10, "server.tls.key", "the file \"/path/to/key.pem\" does not exist"),
            ],
            result.Errors.Select(error => (error.Line, error.Column, error.Path, error.Message)));
    }

    [Fact]
    public void The_multiexit_proxy_server_sample_works_with_its_files()
    {
        string file = ConfigAssert.Sample("multiexit-proxy-server.yaml");
        GatewayConfig config = ConfigAssert.Valid(File.ReadAllText(file).Replace("/path/to/cert.pem", file, StringComparison.Ordinal)
            .Replace("/path/to/key.pem", file, StringComparison.Ordinal));
        TunnelInboundConfig inbound = Assert.IsType<TunnelInboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal(("tunnel", new IPEndPoint(IPAddress.IPv6Any, 443), new Secret("your-secret-key-here")),
            (inbound.Name, inbound.Listen, Assert.Single(inbound.Keys)));
        Assert.Equal(new TlsServerConfig { CertificateFile = file, KeyFile = file }, inbound.Tls);
        Assert.Equal(["1.2.3.4", "5.6.7.8", "9.10.11.12"], config.Exits.Cast<DirectExitConfig>().Select(exit => exit.Address?.ToString()));
        Assert.Equal(new SnatConfig { Enabled = true, Gateway = IPAddress.Parse("192.168.1.1"), Interface = "eth0" }, config.Snat);
        GroupConfig group = Assert.Single(config.Groups);
        Assert.Equal(["1.2.3.4", "5.6.7.8", "9.10.11.12"], group.Exits);
        Assert.Equal((GroupStrategy.RoundRobin, group.Name), (group.Strategy, config.Default));
        Assert.Equal((LogLevel.Info, "/var/log/multiexit-proxy.log"), (config.Logging.Level, config.Logging.File));
    }

    [Fact]
    public void Port_ranges_of_multiexit_proxy_become_a_group()
    {
        GatewayConfig config = ConfigAssert.Valid(AServer + "exit_ips: [1.2.3.4, 5.6.7.8]\nstrategy:\n  type: port_based\n  port_ranges:\n" +
            "    - { range: \"0-32767\", ip: \"1.2.3.4\" }\n    - { range: \"32768-65535\", ip: \"5.6.7.8\" }");
        Assert.Equal([("1.2.3.4", new PortRange(0, 32767)), ("5.6.7.8", new PortRange(32768, 65535))],
            Assert.Single(config.Groups).PortRanges.Select(range => (range.Exit, range.Ports)));
        Assert.Equal((GroupStrategy.PortBased, "pool"), (config.Groups[0].Strategy, config.Default));
    }

    [Fact]
    public void Destination_based_of_multiexit_proxy_becomes_a_group()
    {
        GatewayConfig config = ConfigAssert.Valid(AServer + "exit_ips: [1.2.3.4, 5.6.7.8]\nstrategy: { type: destination_based }");
        Assert.Equal((GroupStrategy.DestinationBased, "pool"), (Assert.Single(config.Groups).Strategy, config.Default));
    }

    [Fact]
    public void The_multiexit_proxy_client_sample_works()
    {
        ConfigResult result = ConfigLoader.LoadFile(ConfigAssert.Sample("multiexit-proxy-client.json"));
        Assert.Empty(result.Errors);
        Assert.Equal("multiexit-proxy client", result.Dialect);
        Assert.Equal(
            [("socks5", "socks5", "127.0.0.1:1080"), ("http", "http", "127.0.0.1:8080")],
            result.Config!.Inbounds.Select(inbound => (inbound.Name, inbound.Type, inbound.Listen.ToString())));
        TunnelExitConfig exit = Assert.IsType<TunnelExitConfig>(Assert.Single(result.Config.Exits));
        Assert.Equal(("your-server.com:443", new Secret("your-secret-key-here")), (exit.Server.ToString(), exit.Key));
        Assert.Equal(["cloudflare.com"], exit.ServerNames);
        Assert.Equal((exit.Name, LogLevel.Info), (result.Config.Default, result.Config.Logging.Level));
    }

    [Theory]
    [InlineData("{\"local\": {\"http\": \":1\"}, \"server\": {\"address\": \"h:1\"}}", 1, "auth.key",
        "expected a literal, { env: NAME }, { file: path } or { credential: name }, found nothing")]
    [InlineData("{\"local\": {\"http\": \":1\"}, \"auth\": {\"key\": \"long enough\"}, \"server\": {\"sni\": \"h\"}}", 1, "server.address",
        "missing; server needs the host and port of the server")]
    [InlineData("{\"local\": {\"http\": \":1\"}, \"auth\": {\"key\": \"short\"}, \"server\": {\"address\": \"h:1\"}}", 1, "auth.key",
        "the key is too short; expected at least 8 characters, better base64: and 32 random bytes (New-MxKey makes them)")]
    [InlineData("{\"local\": {\"http\": \":1\"}, \"auth\": {\"key\": \"long enough\"},\n\"server\": {\"address\": \"h:1\", \"sni\": \"a b\"}}", 2,
        "server.sni",
        "expected a host name for sni, such as proxy.example, found \"a b\"")]
    public void A_faulty_multiexit_proxy_client_is_an_error_at_its_key(string text, int line, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(text));
        Assert.Equal((line, path, message), (error.Line, error.Path, error.Message));
    }

    [Theory]
    [InlineData("exit_ips: [1.2.3.400]", "exit_ips[0]", "expected an IP address such as 198.51.100.10 or 2001:db8::10, found \"1.2.3.400\"")]
    [InlineData("exit_ips: [1.2.3.4, 1.2.3.4]", "exit_ips[1]", "\"1.2.3.4\" stands in the list twice; expected it once")]
    [InlineData("exit_ips: [1.2.3.4]\nstrategy: { type: port_based }", "strategy.port_ranges", "missing; strategy needs a list of { range, ip }")]
    [InlineData("exit_ips: [1.2.3.4]\nstrategy: { type: port_based, port_ranges: [{ range: 1-x, ip: 1.2.3.4 }] }", "strategy.port_ranges[0].range",
        "expected a port such as 443 or a range such as 8000-8999, from 0 to 65535, found \"1-x\"")]
    [InlineData("exit_ips: [1.2.3.4]\nstrategy: { type: port_based, port_ranges: [{ range: 1-2, ip: 1.2.3.5 }] }", "strategy.port_ranges[0].ip",
        "\"1.2.3.5\" is not in exit_ips")]
    [InlineData("exit_ips: [1.2.3.4]\nstrategy: { type: robin }", "strategy.type",
        "expected \"round_robin\", \"port_based\" or \"destination_based\", found \"robin\"")]
    [InlineData("logging: { level: loud }", "logging.level",
        "expected \"trace\", \"debug\", \"info\", \"warn\", \"warning\", \"error\", \"fatal\" or \"panic\", found \"loud\"")]
    [InlineData("auth: { method: tls, key: long enough }", "auth.method", "expected \"psk\", found \"tls\"")]
    [InlineData("auth: hunter2-hunter2", "auth", "expected a mapping, found a single value")]
    [InlineData("exit_ip: []", "exit_ip", "unknown key; did you mean \"exit_ips\"?")]
    [InlineData("snat: { enable: true }", "snat.enable", "unknown key; did you mean \"enabled\"?")]
    public void A_faulty_multiexit_proxy_server_is_an_error_at_its_key(string text, string path, string message)
    {
        string auth = text.StartsWith("auth", StringComparison.Ordinal) ? "" : "auth: { key: long enough }\n";
        ConfigError error = Assert.Single(ConfigAssert.Errors($"server: {{ listen: \":443\", tls: {{ {AFiles} }} }}\n{auth}{text}"));
        Assert.Equal((path, message), (error.Path, error.Message));
        Assert.True(error.Line > 1);
    }

    [Theory]
    [InlineData("listen: \":443\", tls: { F, sni_fake: maybe }", "server.tls.sni_fake", "expected true or false, found \"maybe\"")]
    [InlineData("listen: \":443\", tls: { F, fake_snis: [a.example, \"-\"] }", "server.tls.fake_snis[1]",
        "expected a host name for sni, such as proxy.example, found \"-\"")]
    [InlineData("listen: \":443\", tls: { F, fake_sni: a }", "server.tls.fake_sni", "unknown key; did you mean \"fake_snis\"?")]
    [InlineData("listen: \":443\", tls: { cert: / }", "server.tls.key", "missing; tls of a listener needs the PEM file of the private key")]
    [InlineData("listen: \":443\"", "server.tls.cert", "missing; tls of a listener needs the PEM file of the certificate chain, or self_signed: true")]
    [InlineData("listen: \":443\", tls: files", "server.tls", "expected a mapping, found \"files\"")]
    [InlineData("listen: nowhere, tls: { F }", "server.listen", null)]
    public void A_faulty_server_section_of_multiexit_proxy_is_an_error_at_its_key(string server, string path, string? message)
    {
        string text = $"server: {{ {server.Replace("F", AFiles, StringComparison.Ordinal)} }}\nauth: {{ key: long enough }}";
        ConfigError error = ConfigAssert.Errors(text).First(error => error.Path == path);
        if (message is not null) Assert.Equal(message, error.Message);
        Assert.Equal(1, error.Line);
    }

    [Theory]
    [InlineData("exit_ips: [1.2.3.4, \"2001:db8::1\"]\nstrategy: { type: round_robin }")]
    [InlineData("exit_ips: [1.2.3.4]\nstrategy: { type: port_based, port_ranges: [{ range: 0-32767, ip: 1.2.3.4 }] }")]
    [InlineData("snat: { enabled: false, gateway: 192.168.1.1, interface: eth0 }")]
    [InlineData("snat: { gateway: 192.168.1.1 }")]
    [InlineData("logging: { level: warn, file: /var/log/x.log }")]
    [InlineData("auth: { method: psk, key: { env: PATH } }")]
    public void Every_key_of_a_multiexit_proxy_server_is_read(string text) =>
        ConfigAssert.Valid(
            text.StartsWith("auth", StringComparison.Ordinal)
                ? AServer[..(AServer.IndexOf("\nauth", StringComparison.Ordinal) + 1)] + text
                : AServer + text);

    [Fact]
    public void The_socks5_websocket_proxy_server_sample_works()
    {
        ConfigResult result = ConfigLoader.LoadFile(ConfigAssert.Sample("socks5-websocket-proxy-server.json"));
        Assert.Empty(result.Errors);
        Assert.Equal("socks5-websocket-proxy server", result.Dialect);
        GatewayConfig config = result.Config!;
        Socks5InboundConfig inbound = Assert.IsType<Socks5InboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 1080), inbound.Listen);
        Assert.Equal([new UserConfig("alice", new Secret("alice-password")), new UserConfig("bob", new Secret("bob-password"))], inbound.Users);
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)), (config.Limits.HandshakeTimeout, config.Limits.ConnectTimeout));
        Socks5ExitConfig one = Assert.IsType<Socks5ExitConfig>(config.Exits[0]);
        Assert.Equal(("one.example:1080", "user", 3, TimeSpan.FromSeconds(10)), (one.Server.ToString(), one.Username, one.Retries, one.Timeout));
        Assert.Equal(new Secret("upstream-password"), one.Password);
        HttpExitConfig two = Assert.IsType<HttpExitConfig>(config.Exits[1]);
        Assert.Equal(("two.example:3128", null, TimeSpan.FromSeconds(90)), (two.Server.ToString(), two.Username, two.Timeout));
        Assert.IsType<DirectExitConfig>(config.Exits[2]);
        GroupConfig group = Assert.Single(config.Groups);
        Assert.Equal(["upstream-1", "upstream-2", "upstream-3"], group.Exits);
        Assert.Equal((GroupStrategy.RoundRobin, 2), (group.Strategy, group.Retries));
        Assert.Equal(group.Name, config.Default);
    }

    [Fact]
    public void The_socks5_websocket_proxy_client_sample_works()
    {
        ConfigResult result = ConfigLoader.LoadFile(ConfigAssert.Sample("socks5-websocket-proxy-client.json"));
        Assert.Empty(result.Errors);
        Assert.Equal("socks5-websocket-proxy client", result.Dialect);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 1080), Assert.IsType<MixedInboundConfig>(Assert.Single(result.Config!.Inbounds)).Listen);
        Socks5ExitConfig exit = Assert.IsType<Socks5ExitConfig>(Assert.Single(result.Config.Exits));
        Assert.Equal(("localhost:1080", "alice", TimeSpan.FromSeconds(30)), (exit.Server.ToString(), exit.Username, exit.Timeout));
        Assert.Equal(exit.Name, result.Config.Default);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:1081", "127.0.0.1:1081")]
    [InlineData("socks5://:1082/", "[::]:1082")]
    [InlineData("127.0.0.1:1083", "127.0.0.1:1083")]
    public void A_listen_address_of_socks5_websocket_proxy_is_read_in_every_form(string listen, string endPoint) => Assert.Equal(
        IPEndPoint.Parse(endPoint), ConfigAssert.Valid($"{{\"listen_addr\": \"{listen}\", \"protocol\": \"socks5\"}}").Inbounds[0].Listen);

    [Theory]
    [InlineData("ws://127.0.0.1:1081", "127.0.0.1:1081")]
    [InlineData("tcp://:1082/", "[::]:1082")]
    [InlineData(":1083", "[::]:1083")]
    public void A_websocket_server_of_socks5_websocket_proxy_is_a_websocket_inbound(string listen, string endPoint)
    {
        GatewayConfig config = ConfigAssert.Valid($"{{\"listen_addr\": \"{listen}\", \"protocol\": \"websocket\", \"auth_users\": {{\"a\": \"b\"}}}}");
        WebSocketInboundConfig inbound = Assert.IsType<WebSocketInboundConfig>(Assert.Single(config.Inbounds));
        Assert.Equal((IPEndPoint.Parse(endPoint), "a"), (inbound.Listen, Assert.Single(inbound.Users).Name));
    }

    [Theory]
    [InlineData("ws://h.example/p", "h.example:80", "/p", false)]
    [InlineData("wss://h.example", "h.example:443", "/", true)]
    [InlineData("tls://h.example:8443/x", "h.example:8443", "/x", true)]
    [InlineData("tcp://h.example:1080/", "h.example:1080", "/", false)]
    [InlineData("h.example:1080", "h.example:1080", "/", false)]
    public void A_websocket_address_of_socks5_websocket_proxy_is_read_in_every_form(string address, string server, string path, bool tls)
    {
        string text = B + $"\"enable_upstream\": true, \"upstream_config\": [{{\"type\": \"websocket\", \"proxy_address\": \"{address}\", "
            + "\"proxy_username\": \"u\", \"proxy_password\": \"p\", \"timeout\": 5000000000, \"retry_count\": 2}]}";
        WebSocketExitConfig exit = Assert.IsType<WebSocketExitConfig>(Assert.Single(ConfigAssert.Valid(text).Exits));
        Assert.Equal((server, path, tls, "u", TimeSpan.FromSeconds(5), 2),
            (exit.Server.ToString(), exit.Path, exit.Tls is not null, exit.Username, exit.Timeout, exit.Retries));
        Assert.Equal(new Secret("p"), exit.Password);
        exit = Assert.IsType<WebSocketExitConfig>(Assert.Single(
            ConfigAssert.Valid($"{{\"server_addr\": \"{address}\", \"protocol\": \"websocket\", \"timeout\": \"30s\"}}").Exits));
        Assert.Equal((server, path, tls), (exit.Server.ToString(), exit.Path, exit.Tls is not null));
    }

    [Fact]
    public void Upstreams_of_socks5_websocket_proxy_that_are_off_mean_direct()
    {
        GatewayConfig config =
            ConfigAssert.Valid(B + "\"enable_upstream\": false, \"upstream_config\": [{\"type\": \"websocket\", \"proxy_address\": \"ws://h/\"}]}");
        Assert.Equal("direct", config.Default);
        Assert.Empty(config.Exits);
    }

    [Fact]
    public void Values_of_socks5_websocket_proxy_that_are_null_or_empty_are_not_given()
    {
        GatewayConfig config = ConfigAssert.Valid(B + "\"auth_users\": null, \"timeout\": 0, \"upstream_config\": null, \"enable_upstream\": false}");
        Assert.Equal(new LimitsConfig(), config.Limits);
        Assert.Empty(Assert.IsType<Socks5InboundConfig>(config.Inbounds[0]).Users);
    }

    [Fact]
    public void Direct_upstreams_of_socks5_websocket_proxy_have_a_time_out_and_retries_of_their_own()
    {
        GatewayConfig config = ConfigAssert.Valid(
            B + "\"enable_upstream\": true, \"upstream_config\": [{\"type\": \"direct\", \"timeout\": \"7s\", \"retry_count\": 2}, {\"type\": \"direct\"}]}");
        DirectExitConfig[] exits = [.. config.Exits.Cast<DirectExitConfig>()];
        Assert.Equal([(TimeSpan.FromSeconds(7), 2), (null, 0)], exits.Select(exit => (exit.Timeout, exit.Retries)));
    }

    [Theory]
    [InlineData("tls://h.example:443", "h.example:443")]
    [InlineData("socks5s://h.example:1080", "h.example:1080")]
    public void Upstreams_of_socks5_websocket_proxy_may_use_tls(string address, string server)
    {
        GatewayConfig config =
            ConfigAssert.Valid(B + $"\"enable_upstream\": true, \"upstream_config\": [{{\"type\": \"socks5\", \"proxy_address\": \"{address}\"}}]}}");
        Socks5ExitConfig exit = Assert.IsType<Socks5ExitConfig>(config.Exits[0]);
        Assert.Equal((server, true, "upstream-1"), (exit.Server.ToString(), exit.Tls is not null, config.Default));
    }

    [Theory]
    [InlineData("\"timeout\": 30}", "timeout",
        "\"30\" is less than a millisecond; expected an integer in nanoseconds (30000000000 is 30 s) or text such as \"30s\"")]
    [InlineData("\"timeout\": \"soon\"}", "timeout", "expected an integer in nanoseconds (30000000000 is 30 s) or text such as \"30s\", found \"soon\"")]
    [InlineData("\"timeout\": \"2h\"}", "timeout", "\"2h\" is out of range; expected 10ms to 1h")]
    [InlineData("\"auth_users\": \"bob:hunter2\"}", "auth_users", "expected a mapping of users to passwords, found a single value")]
    [InlineData("\"auth_users\": {\"bob\": \"\"}}", "auth_users.bob", "the secret is empty; expected at least one character")]
    [InlineData("\"upstream_config\": [{\"type\": \"direct\"}]}", "enable_upstream",
        "missing; a server configuration of this dialect needs true, to use upstream_config, or false, to go out directly")]
    [InlineData("\"enable_upstream\": true}", "upstream_config",
        "missing; a server configuration of this dialect needs a list of upstreams, for enable_upstream is true")]
    [InlineData("\"enable_upstream\": true, \"upstream_config\": [{\"type\": \"socks5\", \"proxy_address\": \"ws://h/\"}]}",
        "upstream_config[0].proxy_address",
        "the URL has a scheme that is not for a socks5 exit; expected socks5://, socks5s:// or socks5+tls://")]
    [InlineData("\"enable_upstream\": true, \"upstream_config\": [{\"type\": \"socks5\"}]}", "upstream_config[0].proxy_address",
        "missing; an upstream needs the host and port of the proxy")]
    [InlineData("\"enable_upstream\": true, \"upstream_config\": [{\"type\": \"direct\", \"proxy_address\": \"h:1\"}]}",
        "upstream_config[0].proxy_address",
        "a direct upstream has no proxy; expected the key to be absent or empty")]
    [InlineData("\"enable_upstream\": true, \"upstream_config\": [{\"type\": \"ftp\"}]}", "upstream_config[0].type",
        "expected \"direct\", \"socks5\", \"http\" or \"websocket\", found \"ftp\"")]
    [InlineData("\"auth_user\": {}}", "auth_user", "unknown key; did you mean \"auth_users\"?")]
    public void A_faulty_socks5_websocket_proxy_server_is_an_error_at_its_key(string text, string path, string message) => Assert.Equal(
        (path, message), ConfigAssert.Errors(B + text).Select(error => (error.Path, error.Message)).Single());

    [Theory]
    [InlineData("{\"listen_addr\": \"ws://:1080\", \"protocol\": \"socks5\"}", "listen_addr",
        "the URL has a scheme of another protocol than `protocol` says; expected tcp:// or socks5://")]
    [InlineData("{\"listen_addr\": \"wss://:1080\", \"protocol\": \"websocket\"}", "listen_addr",
        "the URL asks for TLS, for which this dialect has no certificate; use the native schema")]
    [InlineData("{\"listen_addr\": \"udp://:1080\", \"protocol\": \"websocket\"}", "listen_addr", "the URL has an unknown scheme; expected tcp:// or ws://")]
    [InlineData("{\"listen_addr\": \"tls://:1080\", \"protocol\": \"socks5\"}", "listen_addr",
        "the URL asks for TLS, for which this dialect has no certificate; use the native schema")]
    [InlineData("{\"listen_addr\": \"udp://:1080\", \"protocol\": \"socks5\"}", "listen_addr", "the URL has an unknown scheme; expected tcp:// or socks5://")]
    [InlineData("{\"listen_addr\": \":x\", \"protocol\": \"socks5\"}", "listen_addr",
        "\":***\" has no port from 0 to 65535 behind the colon; expected an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"")]
    [InlineData("{\"server_addr\": \"h\", \"protocol\": \"socks5\"}", "server_addr",
        "expected a host and a port such as \"proxy.example:1080\", or a URL such as socks5://proxy.example:1080")]
    public void An_address_of_socks5_websocket_proxy_that_does_not_fit_its_protocol_is_an_error(string text, string path, string message) => Assert.Contains(
        (path, message), ConfigAssert.Errors(text).Select(error => (error.Path, error.Message)));

    [Fact]
    public void A_key_of_a_dialect_in_a_native_file_is_unknown() =>
        ConfigAssert.OneError(ConfigAssert.Inbound + "enable_upstream: true", 2, 1, "enable_upstream",
            "unknown key; a configuration has the keys auth, control, dashboard, default, "
                + "dns, exits, fleet, geoip, groups, history, inbounds, limits, logging, metrics, name, name_parameters, name_separator, notify, "
                + "records, routes, sets, snat, users");
}
