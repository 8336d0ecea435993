using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Configurations from <c>--listen</c> and <c>--forward</c>.</summary>
public sealed class UrlTests
{
    [Fact]
    public void Without_URLs_there_is_the_embedded_default()
    {
        ConfigResult result = ConfigLoader.FromUrls([], null);
        Assert.Equal("urls", result.Dialect);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 1080), Assert.IsType<MixedInboundConfig>(Assert.Single(result.Config!.Inbounds)).Listen);
        Assert.Equal("direct", result.Config.Default);
    }

    [Fact]
    public void A_port_alone_is_for_both_protocols()
    {
        MixedInboundConfig inbound = Assert.IsType<MixedInboundConfig>(Assert.Single(ConfigLoader.FromUrls([":8080"], null).Config!.Inbounds));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 8080), inbound.Listen);
    }

    [Theory]
    [InlineData("socks5://127.0.0.1:1080", typeof(Socks5InboundConfig), "127.0.0.1:1080")]
    [InlineData("http://:8080", typeof(HttpInboundConfig), "[::]:8080")]
    [InlineData("mixed://[::1]:1080/", typeof(MixedInboundConfig), "[::1]:1080")]
    [InlineData("proxy://localhost:1080", typeof(MixedInboundConfig), "127.0.0.1:1080")]
    [InlineData("SOCKS5://0.0.0.0:0", typeof(Socks5InboundConfig), "0.0.0.0:0")]
    public void A_listen_URL_is_an_inbound_of_its_scheme(string url, Type type, string endPoint)
    {
        InboundConfig inbound = Assert.Single(Valid([url]).Inbounds);
        Assert.IsType(type, inbound);
        Assert.Equal(IPEndPoint.Parse(endPoint), inbound.Listen);
    }

    [Fact]
    public void A_user_is_decoded() => Assert.Equal(
        [new UserConfig("a b@", new Secret("p:/ü"))],
        Assert.IsType<Socks5InboundConfig>(Valid(["socks5://a%20b%40:p%3A%2F%C3%BC@127.0.0.1:1080"]).Inbounds[0]).Users);

    [Fact]
    public void Options_are_keys_of_the_schema()
    {
        Socks5InboundConfig inbound = Assert.IsType<Socks5InboundConfig>(
            Valid(["socks5://:1080?udp=false&bind_timeout=5s&private_destinations=allow&name=edge"]).Inbounds[0]);
        Assert.Equal(("edge", false, TimeSpan.FromSeconds(5), true),
            (inbound.Name, inbound.Socks5.Udp, inbound.Socks5.BindTimeout, inbound.AllowsPrivateDestinations));
    }

    [Fact]
    public void Forwarded_ports_are_forward_inbounds()
    {
        GatewayConfig config = Valid(["tcp://127.0.0.1:8080/web.example:80,[::1]:8443/[2001:db8::1]:443", "tcp://127.0.0.1:9000/x:1"]);
        Assert.Equal(
            [("forward", "127.0.0.1:8080", "web.example:80"), ("forward-2", "[::1]:8443", "[2001:db8::1]:443"), ("forward-3", "127.0.0.1:9000", "x:1")],
            config.Inbounds.Cast<ForwardInboundConfig>().Select(inbound => (inbound.Name, inbound.Listen.ToString(), inbound.Target.ToString())));
    }

    [Theory]
    [InlineData("socks5s", typeof(Socks5InboundConfig))]
    [InlineData("socks5+tls", typeof(Socks5InboundConfig))]
    [InlineData("https", typeof(HttpInboundConfig))]
    [InlineData("mixed+tls", typeof(MixedInboundConfig))]
    public void A_scheme_with_tls_takes_the_certificate_of_its_options(string scheme, Type type)
    {
        string file = ConfigAssert.Sample("multiexit-proxy-server.yaml");
        InboundConfig inbound = Assert.Single(Valid([$"{scheme}://127.0.0.1:443?cert={file}&key={file}"]).Inbounds);
        Assert.IsType(type, inbound);
        Assert.Equal(new TlsServerConfig { CertificateFile = file, KeyFile = file }, inbound.Tls);
    }

    [Theory]
    [InlineData("socks5://u:p@h.example:1080", typeof(Socks5ExitConfig), "h.example:1080", false)]
    [InlineData("socks5://[2001:db8::1]:1080", typeof(Socks5ExitConfig), "[2001:db8::1]:1080", false)]
    [InlineData("socks5h://h.example", typeof(Socks5ExitConfig), "h.example:1080", false)]
    [InlineData("http://h.example:3128/", typeof(HttpExitConfig), "h.example:3128", false)]
    [InlineData("https://h.example?sni=a.example&timeout=3s&retries=2", typeof(HttpExitConfig), "h.example:443", true)]
    [InlineData("socks5s://h.example:1", typeof(Socks5ExitConfig), "h.example:1", true)]
    [InlineData("socks5+tls://h.example:1", typeof(Socks5ExitConfig), "h.example:1", true)]
    [InlineData("ws://h.example/a/b", typeof(WebSocketExitConfig), "h.example:80", false)]
    [InlineData("wss://u:p@h.example?sni=a.example&timeout=3s&retries=2&reply-wait=1s", typeof(WebSocketExitConfig), "h.example:443", true)]
    public void A_forward_URL_is_an_exit_of_its_scheme(string url, Type type, string server, bool tls)
    {
        GatewayConfig config = Valid([], url);
        ProxyExitConfig exit = Assert.IsAssignableFrom<ProxyExitConfig>(Assert.Single(config.Exits));
        Assert.IsType(type, exit);
        Assert.Equal((server, tls, config.Default), (exit.Server.ToString(), exit.Tls is not null, exit.Name));
        if (url.Contains("retries", StringComparison.Ordinal))
            Assert.Equal((TimeSpan.FromSeconds(3), 2, "a.example"), (exit.Timeout, exit.Retries, exit.Tls!.ServerName));
    }

    [Theory]
    [InlineData("direct", null)]
    [InlineData("direct://", null)]
    [InlineData("direct://198.51.100.1", "198.51.100.1")]
    [InlineData("direct://[2001:db8::1]", "2001:db8::1")]
    public void A_direct_URL_may_have_a_source_address(string url, string? address) =>
        Assert.Equal(address, Assert.IsType<DirectExitConfig>(Assert.Single(Valid([], url).Exits)).Address?.ToString());

    [Theory]
    [InlineData(":99999", "listen[0]",
        "\":99999\" has no port from 0 to 65535 behind the colon; expected an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"")]
    [InlineData("127.0.0.1:1080", "listen[0]", "the URL is no URL; expected scheme://host:port")]
    [InlineData("ftp://127.0.0.1:1080", "listen[0]",
        "the URL has an unknown scheme; "
        + "expected socks5, http, mixed, ws, tcp, udp, lightsocks, ss, or one with TLS: socks5s, https, mixed+tls, wss, tcp+tls, tunnel, wss+ech")]
    [InlineData("wss://127.0.0.1:1080", "listen[0].tls.cert", "missing; tls of a listener needs the PEM file of the certificate chain, or self_signed: true")]
    [InlineData("ws://127.0.0.1:1080/t", "listen[0]", "the URL has a path; expected scheme://address:port")]
    [InlineData("socks5+ws://127.0.0.1:1080", "listen[0]",
        "the URL asks for another protocol inside a WebSocket, as gost has it, which is not spoken here; expected ws:// or wss:// (a WebSocket for each "
        + "connection), ech-tunnel:// (many connections in one WebSocket) or tunnel://")]
    [InlineData("direct://", "listen[0]",
        "the URL has a scheme that is not for listening; "
        + "expected socks5, http, mixed, ws, tcp, udp, lightsocks, ss, or one with TLS: socks5s, https, mixed+tls, wss, tcp+tls, tunnel, wss+ech")]
    [InlineData("socks5://127.0.0.1", "listen[0]",
        "\"127.0.0.1\" has no port; expected an address and a port such as \"127.0.0.1:1080\", \"[::1]:1080\" or \":1080\"")]
    [InlineData("socks5://127.0.0.1:1080/x", "listen[0]", "the URL has a path; expected scheme://address:port")]
    [InlineData("socks5://bob@127.0.0.1:1080", "listen[0]", "the URL has a user without a password; expected scheme://user:password@address:port")]
    [InlineData("socks5://bob:hun%zz@127.0.0.1:1080", "listen[0]",
        "the URL has a % in its user or password that two hex digits do not follow, or octets that are not UTF-8; a % is written %25")]
    [InlineData("socks5://bob:hun/ter2@127.0.0.1:1080", "listen[0]", "the URL has an @ behind a slash; a / in a user or password is written %2F")]
    [InlineData("socks5://127.0.0.1:1080?upd=false", "listen[0].upd", "unknown key; did you mean \"udp\"?")]
    [InlineData("socks5://127.0.0.1:1080?udp=maybe", "listen[0].udp", "expected true or false, found \"maybe\"")]
    [InlineData("socks5://127.0.0.1:1080?users=x", "listen[0].users", "is no option; the URL itself says it")]
    [InlineData("socks5://127.0.0.1:1080?cert=x", "listen[0].cert", "only for a scheme with TLS, such as socks5s, https or mixed+tls")]
    [InlineData("socks5s://127.0.0.1:1080", "listen[0].tls.cert",
        "missing; tls of a listener needs the PEM file of the certificate chain, or self_signed: true")]
    [InlineData("tcp://127.0.0.1:1080", "listen[0]", "the URL has no target; expected tcp://127.0.0.1:8080/example.com:80")]
    [InlineData("tcp://127.0.0.1:1080/x", "listen[0]", "expected a host and a port such as \"example.com:80\", found \"x\"")]
    public void A_faulty_listen_URL_is_an_error_that_says_what_was_expected(string url, string path, string message)
    {
        ConfigError error = ConfigLoader.FromUrls([url], null).Errors[0];
        Assert.Equal(new ConfigError(null, 0, 0, path, message), error);
    }

    [Theory]
    [InlineData("ws://h/?sni=a", "the URL has options; without TLS it takes none")]
    [InlineData("wss://h/?host=a", "the URL has an unknown option \"host\"; expected sni, ca, pin=sha256:... or insecure=true")]
    [InlineData("tcp://h:1", "the URL has a scheme that is not for an upstream; "
        + "expected socks5, http, ws, lightsocks, ss, socks4, socks4a, socks5s, https, wss, tunnel, wss+ech or direct")]
    [InlineData("gopher://h:1", "the URL has an unknown scheme; "
        + "expected socks5, http, ws, lightsocks, ss, socks4, socks4a, socks5s, https, wss, tunnel, wss+ech or direct")]
    [InlineData("direct://nowhere", "expected an IP address such as 198.51.100.10 or 2001:db8::10, found \"nowhere\"")]
    [InlineData("socks5://h:0", "expected a host and a port such as \"proxy.example:1080\", or a URL such as socks5://proxy.example:1080")]
    public void A_faulty_forward_URL_is_an_error_that_says_what_was_expected(string url, string message) =>
        Assert.Equal(("forward", message), ConfigLoader.FromUrls([], url).Errors.Select(error => (error.Path, error.Message)).Single());

    [Fact]
    public void Two_listeners_on_one_port_are_an_error() => Assert.Equal(
        "listen[1]", Assert.Single(ConfigLoader.FromUrls(["http://127.0.0.1:80", "socks5://127.0.0.1:80"], null).Errors).Path);

    private static GatewayConfig Valid(IReadOnlyList<string> listen, string? forward = null)
    {
        ConfigResult result = ConfigLoader.FromUrls(listen, forward);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    [Fact]
    public void A_login_beside_the_URLs_is_that_of_every_inbound_that_takes_one()
    {
        ConfigResult result = ConfigLoader.FromUrls(
            ["socks5://127.0.0.1:1", "ws://127.0.0.1:2", "tcp://127.0.0.1:3/a:1"],
            null, null, new UrlSecrets { ListenLogin = new UserConfig("a", new Secret("Zq7")) });
        Assert.Empty(result.Errors);
        UserConfig expected = new("a", new Secret("Zq7"));
        Assert.Equal([expected], Assert.IsType<Socks5InboundConfig>(result.Config!.Inbounds[0]).Users);
        Assert.Equal([expected], Assert.IsType<WebSocketInboundConfig>(result.Config.Inbounds[1]).Users);
    }

    [Fact]
    public void A_login_without_a_URL_is_that_of_the_embedded_default() =>
        Assert.Equal("a", Assert.Single(Assert.IsType<MixedInboundConfig>(
            ConfigLoader.FromUrls([], null, null, new UrlSecrets { ListenLogin = new UserConfig("a", new Secret("Zq7")) }).Config!.Inbounds[0]).Users).Name);

    [Fact]
    public void A_login_for_the_upstream_and_the_key_of_a_tunnel_stand_beside_the_URLs()
    {
        UrlSecrets secrets = new() { ForwardLogin = new UserConfig("b", new Secret("Zq7")), TunnelKey = new Secret("the-old-oak-tree") };
        GatewayConfig config = ConfigLoader.FromUrls(["tunnel://127.0.0.1:1?self_signed=true"], "http://h:1", null, secrets).Config!;
        Assert.Equal([secrets.TunnelKey], Assert.IsType<TunnelInboundConfig>(config.Inbounds[0]).Keys);
        HttpExitConfig exit = Assert.IsType<HttpExitConfig>(config.Exits[0]);
        Assert.Equal(("b", secrets.ForwardLogin.Password), (exit.Username, exit.Password));
        Assert.Equal(secrets.TunnelKey,
            Assert.IsType<TunnelExitConfig>(ConfigLoader.FromUrls([], "tunnel://h", null, secrets with { ForwardLogin = null }).Config!.Exits[0]).Key);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:3/a:1", null,
        "credential is for clients to log in; expected a listen URL of a type that takes logins: socks5, http, mixed, ws or lightsocks")]
    [InlineData("socks5://u:p@127.0.0.1:1", null, "listen[0] the URL names a user already; expected one of them")]
    [InlineData(null, "tunnel://h", "forward_credential is for logging in at a proxy; expected a forward URL of the type socks5, http or ws")]
    [InlineData(null, "socks5://u:p@h:1", "forward the URL names a user already; expected one of them")]
    [InlineData(null, "direct", "preshared_key is for a tunnel; expected a listen or forward URL tunnel://")]
    [InlineData("tunnel://127.0.0.1:1?self_signed=true&psk=Zq7Zq7Zq7", null, "listen[0].psk says the same as another option; expected one of them")]
    [InlineData(null, "tunnel://h?psk=Zq7Zq7Zq7", "forward.psk the option says the same as the key `key`; expected one of them")]
    public void A_secret_beside_URLs_that_have_no_use_for_it_is_refused(string? listen, string? forward, string error)
    {
        UserConfig login = new("Zq7", new Secret("Zq7"));
        UrlSecrets secrets = error.Contains("psk", StringComparison.Ordinal) || error.StartsWith("pre", StringComparison.Ordinal)
            ? new UrlSecrets { TunnelKey = new Secret("Zq7Zq7Zq7") }
            : forward is null ? new UrlSecrets { ListenLogin = login } : new UrlSecrets { ForwardLogin = login };
        IReadOnlyList<ConfigError> errors = ConfigLoader.FromUrls(listen is null ? [] : [listen], forward, null, secrets).Errors;
        Assert.Contains(error, errors.Select(found => $"{found.Path} {found.Message}"));
        Assert.All(errors, found => Assert.DoesNotContain("Zq7", found.ToString(), StringComparison.Ordinal));
    }
}
