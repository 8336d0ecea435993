using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Inbounds and exits of the type ech-tunnel, and the notation of ech-tunnel.</summary>
public sealed class EchTunnelConfigTests
{
    private static readonly string Pin = new('A', 64);

    [Fact]
    public void Every_key_of_an_inbound_is_read()
    {
        EchTunnelInboundConfig inbound = Inbound(
            "path: /tunnel, token: secret, allow: [10.0.0.0/8, \"2001:db8::/32\"], tls: { self_signed: true }, max_streams: 10");
        Assert.Equal(("/tunnel", true, 10), (inbound.Path, Assert.Single(inbound.Tokens).Matches("secret"u8), inbound.MaxStreams));
        Assert.Equal(["10.0.0.0/8", "2001:db8::/32"], inbound.Allow.Select(network => network.ToString()));
        Assert.True(inbound.Tls!.SelfSigned);
        EchTunnelInboundConfig bare = Inbound("path: /");
        Assert.Equal(("/", 0, 0, null), (bare.Path, bare.Tokens.Count, bare.Allow.Count, bare.Tls));
    }

    [Fact]
    public void Every_key_of_an_exit_is_read()
    {
        EchTunnelExitConfig exit = Exit(
            $"server: \"wss://t.example:8443/tunnel\", token: secret, carriers: 2, addresses: [192.0.2.1, \"2001:db8::1\"], "
            + $"tls: {{ sni: a.example, pin: \"sha256:{Pin}\" }}, "
            + "ping_interval: 5s, ping_timeout: 3s, timeout: 4s, format: plain");
        Assert.Equal(("t.example:8443", "/tunnel", 2, true), (exit.Server.ToString(), exit.Path, exit.Carriers, exit.PlainOnly));
        Assert.Equal(["192.0.2.1", "2001:db8::1"], exit.Addresses.Select(address => address.ToString()));
        Assert.Equal((CertificateCheck.Pin, Pin, "a.example", true), (exit.Tls!.Check, Assert.Single(exit.Tls.Pins), exit.Tls.ServerName, exit.Tls.OnlyTls13));
        Assert.Equal((5, 3, 4), ((int)exit.PingInterval.TotalSeconds, (int)exit.PingTimeout.TotalSeconds, (int)exit.Timeout!.Value.TotalSeconds));
    }

    [Fact]
    public void An_exit_has_its_defaults()
    {
        EchTunnelExitConfig tls = Exit("server: \"wss://t.example\"");
        Assert.Equal(("t.example:443", "/", 3, false, CertificateCheck.Chain), (tls.Server.ToString(), tls.Path, tls.Carriers, tls.PlainOnly, tls.Tls!.Check));
        EchTunnelExitConfig plain = Exit("server: \"ws://t.example\"");
        Assert.Equal(("t.example:80", null), (plain.Server.ToString(), plain.Tls));
        Assert.Equal(CertificateCheck.None, Exit("server: \"wss://t.example?insecure=true\"").Tls!.Check);
        Assert.Equal(CertificateCheck.None, Exit("server: \"wss://t.example\", tls: { insecure: true }").Tls!.Check);
    }

    [Theory]
    [InlineData("path: tunnel", "inbounds[0].path", "expected a path such as /tunnel: a slash, then ASCII without blanks")]
    [InlineData("path: \"/a?b\"", "inbounds[0].path", "expected a path without a query")]
    [InlineData("token: \"two words\"", "inbounds[0].token", "the token goes into a header field; expected letters, digits and signs of ASCII, without blanks")]
    [InlineData("allow: [10.0.0.1/8]", "inbounds[0].allow[0]", "\"10.0.0.1/8\" has address bits behind the prefix; did you mean 10.0.0.0/8?")]
    [InlineData("tokn: x", "inbounds[0].tokn", "unknown key; did you mean \"token\"?")]
    public void A_faulty_inbound_is_an_error_at_its_key(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"inbounds: [{{ name: e, type: ech-tunnel, listen: \":8443\", {keys} }}]"));
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    [Theory]
    [InlineData("server: \"t.example:443\"", "exits[0].server", "the URL is no URL; expected scheme://host:port")]
    [InlineData("server: \"https://t.example\"", "exits[0].server", "the URL has a scheme that is not for an ech-tunnel exit; expected wss:// or ws://")]
    [InlineData("server: \"wss://u:p@t.example\"", "exits[0].server", "the URL has a user; an ECH tunnel has none, but a token")]
    [InlineData("server: \"wss://:443\"", "exits[0].server", "the URL has no host and port; expected a URL such as wss://tunnel.example:8443/tunnel")]
    [InlineData("server: \"wss://a\", carriers: 0", "exits[0].carriers", "expected a whole number from 1 to 64, found \"0\"")]
    [InlineData("server: \"wss://a\", addresses: [a.example]", "exits[0].addresses[0]", "expected an IP address of the server, found \"a.example\"")]
    [InlineData("server: \"wss://a\", addresses: [192.0.2.1, 192.0.2.2], carriers: 33", "exits[0].addresses",
        "2 addresses with 33 carriers each; expected 64 carriers at most")]
    [InlineData("server: \"ws://a?pin=x\"", "exits[0].server", "the URL has options; without TLS it takes none")]
    public void A_faulty_exit_is_an_error_at_its_key(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + $"exits: [{{ name: e, type: ech-tunnel, {keys} }}]"));
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    [Fact]
    public void The_command_lines_of_ech_tunnel_as_printed_are_understood()
    {
        EchTunnelParameters token = new() { Token = new Secret("mytoken"), Cidr = ["10.0.0.0/8,192.0.2.0/24"] };
        EchTunnelInboundConfig server = Assert.IsType<EchTunnelInboundConfig>(Assert.Single(Valid(["wss://0.0.0.0:8443/tunnel"], null, token).Inbounds));
        Assert.Equal((new IPEndPoint(IPAddress.Any, 8443), "/tunnel", true, 2), (server.Listen, server.Path, server.Tls!.SelfSigned, server.Allow.Count));
        Assert.True(Assert.Single(server.Tokens).Matches("mytoken"u8));

        string file = ConfigAssert.Sample("configuration.md");
        server = (EchTunnelInboundConfig)Valid(["wss://0.0.0.0:8443/tunnel"], null, new() { Certificate = file, Key = file }).Inbounds[0];
        Assert.Equal(new TlsServerConfig { CertificateFile = file, KeyFile = file }, server.Tls);

        GatewayConfig forward = Valid(
            ["tcp://127.0.0.1:8080/web:80,127.0.0.1:8443/web:443"], "wss://server.com:8443/tunnel", new() { Token = new Secret("mytoken") });
        Assert.Equal(["web:80", "web:443"], forward.Inbounds.Cast<ForwardInboundConfig>().Select(inbound => inbound.Target.ToString()));
        EchTunnelExitConfig exit = Assert.IsType<EchTunnelExitConfig>(Assert.Single(forward.Exits));
        Assert.Equal(("server.com:8443", "/tunnel", 3, forward.Default), (exit.Server.ToString(), exit.Path, exit.Carriers, exit.Name));
        Assert.True(exit.Token!.Matches("mytoken"u8));

        GatewayConfig proxy = Valid(
            ["proxy://user:pass@127.0.0.1:1080"], "wss://server.com:8443/tunnel", new() { Carriers = 5, Addresses = ["192.0.2.1,192.0.2.2", "192.0.2.3"] });
        Assert.Equal("user", Assert.Single(Assert.IsType<MixedInboundConfig>(proxy.Inbounds[0]).Users).Name);
        exit = (EchTunnelExitConfig)proxy.Exits[0];
        Assert.Equal((5, 3, null), (exit.Carriers, exit.Addresses.Count, exit.Token));
    }

    [Fact]
    public void The_ech_options_of_ech_tunnel_are_understood()
    {
        EchTunnelParameters parameters = new() { Doh = "dns.example/dns-query", EchName = "cloudflare-ech.com" };
        EchClientConfig ech = ((EchTunnelExitConfig)Valid([], "wss://server.com:8443/tunnel", parameters).Exits[0]).Tls!.Ech!;
        Assert.Equal(("https://dns.example/dns-query", "cloudflare-ech.com", false), (ech.Doh!.Url.ToString(), ech.Name, ech.Fallback));
        ech = ((EchTunnelExitConfig)Valid([], "wss://server.com/t", new() { Ech = true, Doh = "https://d.example/q", EchFallback = true }).Exits[0]).Tls!.Ech!;
        Assert.Equal((null, true), (ech.Name, ech.Fallback));
        Assert.Equal("ech", ConfigLoader.FromUrls([], "wss://server.com/t", new() { Ech = true }).Errors[0].Path); // no resolver
        Assert.Equal("ech", ConfigLoader.FromUrls([], "ws://server.com/t", parameters).Errors[0].Path); // no TLS
        Assert.Equal("ech", ConfigLoader.FromUrls([], "wss://192.0.2.1/t", parameters).Errors[0].Path); // no name to hide
    }

    [Theory]
    [InlineData("dns.example", "https://dns.example/")]
    [InlineData("dns.example/dns-query", "https://dns.example/dns-query")]
    [InlineData("dns.example:8443", "https://dns.example:8443/")]
    [InlineData("192.0.2.53:8443/dns-query", "https://192.0.2.53:8443/dns-query")]
    [InlineData("[2001:db8::53]:8443/dns-query", "https://[2001:db8::53]:8443/dns-query")]
    [InlineData("https://dns.example/dns-query", "https://dns.example/dns-query")]
    [InlineData("http://dns.example/dns-query", "http://dns.example/dns-query")]
    [InlineData("http://192.0.2.53:8053", "http://192.0.2.53:8053/")]
    public void A_resolver_as_ech_tunnel_takes_it(string text, string url)
    {
        GatewayConfig config = Valid([], "wss://server.com:8443/tunnel", new() { Doh = text });
        Assert.Equal(url, ((EchTunnelExitConfig)config.Exits[0]).Tls!.Ech!.Doh!.Url.ToString());
        Assert.Equal(text.StartsWith("http:", StringComparison.Ordinal) ? ["MX1013", "MX1026"] : ["MX1013"], WarningsOf(config));
    }

    [Theory]
    [InlineData("http://localhost:8053/dns-query")]
    [InlineData("http://127.0.0.1:8053/dns-query")]
    [InlineData("http://[::1]:8053/dns-query")]
    public void A_resolver_on_this_host_needs_no_TLS(string text) =>
        Assert.Equal(["MX1013"], WarningsOf(Valid([], "wss://server.com:8443/tunnel", new() { Doh = text })));

    [Theory]
    [InlineData("udp://192.0.2.53")]
    [InlineData("http://user@dns.example/")]
    [InlineData("http://")]
    public void What_is_no_resolver_is_refused(string text) =>
        Assert.Equal("dns", Assert.Single(ConfigLoader.FromUrls([], "wss://server.com:8443/tunnel", new() { Doh = text }).Errors).Path);

    [Fact]
    public void A_url_alone_says_it_as_well()
    {
        GatewayConfig config = Valid(
            ["ws+ech://127.0.0.1:8080/t?token=abc&allow=10.0.0.0/8,127.0.0.0/8"],
            "wss+ech://h.example/t?token=abc&addresses=192.0.2.1,192.0.2.2&carriers=1&insecure=true", null);
        EchTunnelInboundConfig inbound = (EchTunnelInboundConfig)config.Inbounds[0];
        Assert.Equal(("/t", 2, null), (inbound.Path, inbound.Allow.Count, inbound.Tls));
        EchTunnelExitConfig exit = (EchTunnelExitConfig)config.Exits[0];
        Assert.Equal(("h.example:443", 2, 1, CertificateCheck.None), (exit.Server.ToString(), exit.Addresses.Count, exit.Carriers, exit.Tls!.Check));
        Assert.True(exit.Token!.Matches("abc"u8));
    }

    public static TheoryData<EchTunnelParameters, string> Useless => new()
    {
        { new() { Token = new Secret("x") }, "token" }, { new() { Cidr = ["10.0.0.0/8"] }, "cidr" }, { new() { Certificate = "c" }, "cert" },
        { new() { Key = "k" }, "key" }, { new() { Doh = "d" }, "dns" }, { new() { Ech = true }, "ech" }, { new() { EchName = "n" }, "ech" },
        { new() { EchFallback = true }, "fallback" }, { new() { Carriers = 3 }, "n" }, { new() { Addresses = ["192.0.2.1"] }, "ip" },
    };

    [Theory, MemberData(nameof(Useless))]
    public void A_parameter_without_a_use_is_refused_by_name(EchTunnelParameters parameters, string name) =>
        Assert.Equal(name, Assert.Single(ConfigLoader.FromUrls(["proxy://127.0.0.1:1080"], "socks5://h:1", parameters).Errors).Path);

    [Fact]
    public void A_token_is_never_printed()
    {
        ConfigResult result = ConfigLoader.FromUrls(["wss://127.0.0.1:1/t"], null, new() { Token = new Secret("Zq7 secret") });
        Assert.DoesNotContain("Zq7", string.Join('\n', result.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("Zq7", Valid(["ws://127.0.0.1:1/t"], null, new() { Token = new Secret("Zq7") }).ToString(), StringComparison.Ordinal);
    }

    private static GatewayConfig Valid(string[] listen, string? forward, EchTunnelParameters? parameters)
    {
        ConfigResult result = ConfigLoader.FromUrls(listen, forward, parameters);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    private static EchTunnelInboundConfig Inbound(string keys) => Assert.IsType<EchTunnelInboundConfig>(
        Assert.Single(ConfigAssert.Valid($"inbounds: [{{ name: e, type: ech-tunnel, listen: \":8443\", {keys} }}]").Inbounds));

    private static EchTunnelExitConfig Exit(string keys) => Assert.IsType<EchTunnelExitConfig>(
        Assert.Single(ConfigAssert.Valid(ConfigAssert.Inbound + $"exits: [{{ name: e, type: ech-tunnel, {keys} }}]").Exits));

    private static IEnumerable<string> WarningsOf(GatewayConfig config) =>
        SetupChecks.Find(config, new PortableTransport()).Select(warning => warning.Warning.Id).Where(id => id is "MX1013" or "MX1026");
}
