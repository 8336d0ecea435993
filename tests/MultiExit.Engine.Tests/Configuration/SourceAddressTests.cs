using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Where a direct exit takes its source address from.</summary>
public sealed class SourceAddressTests
{
    [Fact]
    public void Every_form_is_read()
    {
        GatewayConfig config = ConfigAssert.Valid(ConfigAssert.Inbound +
            """
            exits:
              - { name: own, type: direct, address: inbound, mark: 4 }
              - { name: each, type: direct, prefix: "2001:db8:1::/64", gateway: "fd00::1", interface: eth0 }
              - { name: user, type: direct, prefix: "2001:db8:1::/112", bind: user }
            """);
        DirectExitConfig[] exits = [.. config.Exits.Cast<DirectExitConfig>()];
        Assert.Equal((true, null, null), (exits[0].FromInboundAddress, exits[0].Address, exits[0].Prefix));
        Assert.Equal((false, null, IPNetwork.Parse("2001:db8:1::/64"), BindingUnit.Connection),
            (exits[1].FromInboundAddress, exits[1].Address, exits[1].Prefix!.Value, exits[1].Bind));
        Assert.Equal(BindingUnit.User, exits[2].Bind);
    }

    [Theory]
    [InlineData("", UdpFilter.None)]
    [InlineData(", udp_filter: none", UdpFilter.None)]
    [InlineData(", udp_filter: address", UdpFilter.Address)]
    [InlineData(", udp_filter: port", UdpFilter.Port)]
    public void A_direct_exit_says_from_whom_it_takes_datagrams(string keys, UdpFilter expected)
    {
        GatewayConfig config = ConfigAssert.Valid(ConfigAssert.Inbound + "exits: [{ name: wan, type: direct" + keys + " }]");
        Assert.Equal(expected, Assert.IsType<DirectExitConfig>(Assert.Single(config.Exits)).UdpFilter);
    }

    [Theory]
    [InlineData("udp_filter: nobody", "udp_filter", "expected \"none\", \"address\" or \"port\"")]
    [InlineData("prefix: 198.51.100.0/24", "prefix", "is no IPv6 prefix")]
    [InlineData("prefix: \"2001:db8::1/64\"", "prefix", "did you mean 2001:db8::/64?")]
    [InlineData("prefix: \"2001:db8::1\"", "prefix", "has a length out of range; expected /16 to /126")]
    [InlineData("prefix: \"2001:db8::/127\"", "prefix", "has a length out of range")]
    [InlineData("prefix: \"2000::/8\"", "prefix", "has a length out of range")]
    [InlineData("prefix: \"ff02::/64\"", "prefix", "holds no addresses that answers can come to")]
    [InlineData("prefix: \"fe80::/64\"", "prefix", "holds no addresses that answers can come to")]
    [InlineData("prefix: \"::ffff:198.51.100.0/120\"", "prefix", "holds no addresses that answers can come to")]
    [InlineData("prefix: \"2001:db8::/64\", address: \"2001:db8::1\"", "address", "leave one of the two out")]
    [InlineData("prefix: \"2001:db8::/64\", address: inbound", "address", "leave one of the two out")]
    [InlineData("prefix: \"2001:db8::/64\", gateway: 192.0.2.1", "gateway", "the gateway 192.0.2.1 is of another family than the prefix 2001:db8::/64")]
    [InlineData("prefix: \"2001:db8::/64\", bind: session", "bind", "session")]
    [InlineData("address: 192.0.2.1, bind: user", "bind", "there is neither")]
    [InlineData("address: outbound", "address", "expected an IP address")]
    public void A_faulty_source_address_is_an_error_at_its_key(string keys, string key, string message)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(ConfigAssert.Inbound + "exits: [{ name: wan, type: direct, " + keys + " }]"));
        Assert.Equal("exits[0]." + key, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
