using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary><c>allow</c> and <c>proxy_protocol</c> of inbounds, <c>send_proxy</c> of exits.</summary>
public sealed class ProxyProtocolConfigTests
{
    private const string Key = "key: a key that is long enough, tls: { self_signed: true }";

    [Theory]
    [InlineData("socks5", "")]
    [InlineData("http", "")]
    [InlineData("mixed", "")]
    [InlineData("forward", "target: \"a.example:80\"")]
    [InlineData("websocket", "")]
    [InlineData("tunnel", Key)]
    [InlineData("ech-tunnel", "")]
    public void Every_inbound_takes_networks_of_clients_and_of_load_balancers(string type, string more)
    {
        InboundConfig inbound = ConfigAssert.Valid(Of($"type: {type}, allow: [10.0.0.0/8, \"2001:db8::/32\"], proxy_protocol: {{ from: 127.0.0.0/8 }}, {more}"))
            .Inbounds[0];
        Assert.Equal(["10.0.0.0/8", "2001:db8::/32"], inbound.Allow.Select(network => network.ToString()));
        Assert.Equal(["127.0.0.0/8"], inbound.ProxyProtocolFrom.Select(network => network.ToString()));
    }

    [Theory]
    [InlineData("allow: []", "allow", "expected a list of networks that is not empty, found an empty list")]
    [InlineData("allow: [10.0.0.1/8]", "allow[0]", "\"10.0.0.1/8\" has address bits behind the prefix; did you mean 10.0.0.0/8?")]
    [InlineData("proxy_protocol: true", "proxy_protocol", "expected a mapping, found \"true\"")]
    [InlineData("proxy_protocol: {}", "proxy_protocol.from",
        "missing; proxy_protocol of an inbound needs the networks of the load balancers, such as [10.0.0.0/8]")]
    [InlineData("proxy_protocol: { form: [10.0.0.0/8], from: [10.0.0.0/8] }", "proxy_protocol.form", "unknown key; did you mean \"from\"?")]
    [InlineData("proxy_protocol: { from: [10.0.0.0/33] }", "proxy_protocol.from[0]", null)]
    public void A_wrong_value_is_an_error_at_its_place(string keys, string path, string? message)
    {
        var error = Assert.Single(ConfigAssert.Errors(Of("type: mixed, " + keys)));
        Assert.Equal("inbounds[0]." + path, error.Path);
        if (message is not null) Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("type: direct", "v1", SendProxy.V1)]
    [InlineData("type: direct", "v2", SendProxy.V2)]
    [InlineData("type: socks5, server: \"a.example:1080\"", "v2", SendProxy.V2)]
    [InlineData("type: http, server: \"a.example:1080\"", "v1", SendProxy.V1)]
    [InlineData("type: websocket, server: \"ws://a.example/\"", "v2", SendProxy.V2)]
    public void A_direct_exit_and_one_through_a_proxy_send_a_header_where_that_is_said(string exit, string version, SendProxy expected)
    {
        Assert.Equal(expected, ConfigAssert.Valid(Exit($"{exit}, send_proxy: {version}")).Exits[0].ProxyHeader);
        Assert.Equal(SendProxy.None, ConfigAssert.Valid(Exit(exit)).Exits[0].ProxyHeader);
    }

    [Fact]
    public void Another_version_is_an_error() => Assert.Equal(
        ("exits[0].send_proxy", "expected \"v1\" or \"v2\", found \"3\""),
        ConfigAssert.Errors(Exit("type: direct, send_proxy: 3")).Select(error => (error.Path, error.Message)).Single());

    [Fact]
    public void A_carrier_has_no_client_whose_header_it_could_send() => Assert.Equal(
        "exits[0].send_proxy",
        Assert.Single(ConfigAssert.Errors(Exit("type: tunnel, server: hub.example, key: a key that is long enough, send_proxy: v2"))).Path);

    private static string Of(string keys) => $"inbounds: [{{ name: a, listen: \"127.0.0.1:0\", {keys} }}]";

    private static string Exit(string keys) => ConfigAssert.Inbound + $"exits: [{{ name: out, {keys} }}]";
}
