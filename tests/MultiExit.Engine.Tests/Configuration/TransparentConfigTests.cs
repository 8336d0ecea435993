using System.Net;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The keys of transparent inbounds.</summary>
public sealed class TransparentConfigTests
{
    [Fact]
    public void Every_key_is_read()
    {
        TransparentInboundConfig inbound = Read(
            "mode: tproxy, udp: true, udp_idle_timeout: 30s, udp_per_user: 7, udp_total: 70, "
            + "redirect: { from: [10.1.0.0/16, eth1.7], ports: [443, 8000-8999], except: [198.51.100.0/24], mark: 9, table: 900 }");
        Assert.Equal((TransparentMode.Tproxy, true, TimeSpan.FromSeconds(30)), (inbound.Mode, inbound.Udp, inbound.UdpIdleTimeout));
        Assert.Equal((7, 70), (inbound.UdpPerUser, inbound.UdpTotal));
        RedirectConfig redirect = Assert.IsType<RedirectConfig>(inbound.Redirect);
        Assert.Equal((IPNetwork.Parse("10.1.0.0/16"), "eth1.7"), (Assert.Single(redirect.Networks), Assert.Single(redirect.Interfaces)));
        Assert.Equal([new PortRange(443, 443), new PortRange(8000, 8999)], redirect.Ports);
        Assert.Equal((IPNetwork.Parse("198.51.100.0/24"), 9, 900), (Assert.Single(redirect.Except), redirect.Mark, redirect.Table));
    }

    [Fact]
    public void The_defaults_need_no_privilege()
    {
        TransparentInboundConfig inbound = Read("allow: [10.0.0.0/8]");
        Assert.Equal((TransparentMode.Redirect, false, TimeSpan.FromMinutes(1)), (inbound.Mode, inbound.Udp, inbound.UdpIdleTimeout));
        Assert.Equal((1024, 8192), (inbound.UdpPerUser, inbound.UdpTotal));
        Assert.Null(inbound.Redirect);
    }

    [Fact]
    public void A_loopback_listener_says_nothing_about_its_clients() => Assert.False(
        ConfigAssert.Valid("inbounds: [{ name: a, type: transparent, mode: tproxy, listen: \"127.0.0.1:1\" }]").Inbounds[0].AllowsPrivateDestinations);

    [Theory]
    [InlineData("udp: true", "udp", "datagrams need `mode: tproxy`")]
    [InlineData("mode: nat", "mode", "redirect")]
    [InlineData("tls: { self_signed: true }", "tls", "`tls` has no place here")]
    [InlineData("proxy_protocol: { from: 10.0.0.0/8 }", "proxy_protocol", "`proxy_protocol` has no place here")]
    [InlineData("redirect: { ports: 80 }", "redirect.from", "missing")]
    [InlineData("redirect: { from: [lo] }", "redirect.from[0]", "networks of clients")]
    [InlineData("redirect: { from: [-x] }", "redirect.from[0]", "networks of clients")]
    [InlineData("redirect: { from: eth1, ports: [70000] }", "redirect.ports[0]", "a port such as 443")]
    [InlineData("redirect: { from: eth1, mark: 5 }", "redirect.mark", "REDIRECT needs no mark")]
    [InlineData("mode: tproxy, redirect: { from: eth1, table: 254 }", "redirect.table", "a whole number from 256")]
    public void A_wrong_value_is_an_error_at_its_place(string keys, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(Of(keys)));
        Assert.Equal("inbounds[0]." + path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\":0\"", "redirect", "expected one in `listen`, not 0")]
    [InlineData("\"127.0.0.1:1\"", "redirect", "where 127.0.0.1:1 does not listen")]
    public void A_listener_that_the_firewall_cannot_lead_to_is_an_error(string listen, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors($"inbounds: [{{ name: a, type: transparent, listen: {listen}, redirect: {{ from: eth1 }} }}]"));
        Assert.Equal("inbounds[0]." + path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static TransparentInboundConfig Read(string keys) => Assert.IsType<TransparentInboundConfig>(ConfigAssert.Valid(Of(keys)).Inbounds[0]);

    private static string Of(string keys) => $"inbounds: [{{ name: a, type: transparent, listen: \":12345\", {keys} }}]";
}
