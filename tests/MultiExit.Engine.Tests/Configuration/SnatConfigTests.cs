using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>The section snat and the keys of exits for it.</summary>
public sealed class SnatConfigTests
{
    private const string Wan = "exits: [{ name: wan, type: direct, address: 198.51.100.10 }]\n";

    [Fact]
    public void Every_key_is_read()
    {
        GatewayConfig config = ConfigAssert.Valid(ConfigAssert.Inbound +
            "exits: [{ name: wan, type: direct, address: 198.51.100.10, gateway: 198.51.100.1, interface: eth1.7, mark: 9 }]\n" +
            "snat: { enabled: true, gateway: 192.168.1.1, interface: eth0, mark_base: 3, table_base: 300, backend: iptables }");
        SnatConfig expected = new()
        {
            Enabled = true, Gateway = IPAddress.Parse("192.168.1.1"), Interface = "eth0", MarkBase = 3, TableBase = 300, Backend = SnatBackend.Iptables,
        };
        Assert.Equal(expected, config.Snat);
        DirectExitConfig exit = Assert.IsType<DirectExitConfig>(Assert.Single(config.Exits));
        Assert.Equal(("198.51.100.1", "eth1.7", 9), (exit.Gateway?.ToString(), exit.Interface, exit.Mark));
    }

    [Fact]
    public void Off_it_asks_for_nothing() =>
        Assert.False(ConfigAssert.Valid(ConfigAssert.Inbound +
            "snat: { enabled: false, gateway: 192.168.1.1, interface: eth0, mark_base: 1, table_base: 100 }").Snat.Enabled);

    [Theory]
    [InlineData("exits: [{ name: wan, type: direct, interface: \"../eth0\" }]", "exits[0].interface", "expected the name of a network interface")]
    [InlineData("exits: [{ name: wan, type: direct, interface: -eth0 }]", "exits[0].interface", "expected the name of a network interface")]
    [InlineData("exits: [{ name: wan, type: direct, mark: 0 }]", "exits[0].mark", "expected a whole number from 1")]
    [InlineData("exits: [{ name: wan, type: direct, address: 198.51.100.10, gateway: \"2001:db8::1\" }]", "exits[0].gateway", "of another family")]
    [InlineData("exits: [{ name: wan, type: socks5, server: \"h:1\", mark: 7 }]", "exits[0].mark", "unknown key")]
    [InlineData("snat: { enabled: true, interface: eth0 }", "snat.enabled", "no direct exit has an address or a gateway")]
    [InlineData("snat: { backend: pf }", "snat.backend", "nftables")]
    [InlineData(Wan + "snat: { enabled: true }", "snat.enabled", "the exit wan has no interface")]
    [InlineData(Wan + "snat: { enabled: true, interface: eth0, table_base: 254 }", "snat.enabled", "choose another table_base")]
    [InlineData(Wan + "snat: { enabled: true, interface: eth0, gateway: \"2001:db8::1\" }", "snat.enabled", "expected a gateway of the address's family")]
    public void Faulty_source_nat_is_an_error_at_its_key(string yaml, string path, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + yaml));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_exits_cannot_share_a_mark() => Assert.Contains("the exits a and b have the same mark 2", Assert.Single(ConfigAssert.Errors(
        ConfigAssert.Inbound + "exits: [{ name: a, type: direct, address: 198.51.100.10, mark: 2 }, { name: b, type: direct, address: 198.51.100.11 }]\n" +
        "snat: { enabled: true, interface: eth0 }")).Message, StringComparison.Ordinal);
}
