using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Direct exits with a pool of addresses.</summary>
public sealed class AddressPoolTests
{
    private static readonly IPAddress[] OfInterface = [IPAddress.Parse("fe80::1"), IPAddress.Parse("2001:db8::9"), IPAddress.Parse("192.0.2.9")];

    [Theory]
    [InlineData("[198.51.100.0/30]", "198.51.100.1 198.51.100.2")]
    [InlineData("[198.51.100.0/31]", "198.51.100.0 198.51.100.1")]
    [InlineData("[198.51.100.7]", "198.51.100.7")]
    [InlineData("198.51.100.7/32", "198.51.100.7")]
    [InlineData("[\"2001:db8::/126\"]", "2001:db8::1 2001:db8::2 2001:db8::3")]
    [InlineData("[\"2001:db8::/127\"]", "2001:db8:: 2001:db8::1")]
    [InlineData("[198.51.100.254/31, 198.51.100.252/30]", "198.51.100.254 198.51.100.255 198.51.100.253")]
    [InlineData("[eth1, 192.0.2.9]", "192.0.2.9 2001:db8::9")]
    public void A_pool_is_a_group_of_exits_with_an_address_each(string addresses, string expected)
    {
        GatewayConfig config = AddressPools.Expand(Read($"addresses: {addresses}, retries: 2, weight: 3, country: de"), _ => OfInterface);
        Assert.Equal(expected, string.Join(' ', config.Exits.Cast<DirectExitConfig>().Select(exit => exit.Address)));
        GroupConfig group = Assert.Single(config.Groups);
        Assert.Equal(config.Exits.Select(exit => exit.Name), group.Exits);
        Assert.Equal(("wan", 2, GroupStrategy.LeastConnections, 3), (group.Name, group.Retries, group.Strategy, config.WeightOf("wan")));
        Assert.Equal($"wan@{expected.Split(' ')[0]}", config.Exits[0].Name);
        Assert.All(config.Exits.Cast<DirectExitConfig>(), exit => Assert.Equal((0, "DE", "wan"), (exit.Retries, exit.Country, exit.PoolOf)));
        Assert.Same(config, AddressPools.Expand(config, _ => OfInterface));
    }

    [Fact]
    public void What_keeps_its_address_is_the_unit_of_the_group()
    {
        GroupConfig group = AddressPools.Expand(Read("addresses: [198.51.100.0/28], bind: user"), _ => []).Groups[0];
        Assert.Equal((GroupStrategy.Sticky, BindingUnit.User), (group.Strategy, group.Bind));
        Assert.Equal(14, group.Exits.Count);
    }

    [Theory]
    [InlineData("addresses: [198.51.100.0/20]", 4094)]
    [InlineData("addresses: [198.51.100.1, \"2001:db8::/116\"]", 4096)]
    public void A_pool_may_have_4096_addresses(string text, int count)
    {
        text = text.Replace("198.51.100.0/20", "198.51.96.0/20", StringComparison.Ordinal);
        Assert.Equal(count, AddressPools.Expand(Read(text), _ => []).Exits.Count);
    }

    [Theory]
    [InlineData("addresses: [198.51.100.1, 198.51.100.2, \"2001:db8::/116\"]", "addresses", "has more than 4096 addresses")]
    [InlineData("addresses: [\"2001:db8::/64\"]", "addresses", "has more than 4096 addresses")]
    [InlineData("addresses: []", "addresses", "expected a list of networks such as 198.51.100.0/28")]
    [InlineData("addresses: [198.51.100.1, 198.51.100.1]", "addresses[1]", "stands in the list twice")]
    [InlineData("addresses: [198.51.100.7/28]", "addresses[0]", "did you mean 198.51.100.0/28?")]
    [InlineData("addresses: [\"an interface\"]", "addresses[0]", "expected a list of networks")]
    [InlineData("addresses: [224.0.0.0/30]", "addresses[0]", "holds no addresses that packets can leave from")]
    [InlineData("addresses: [\"fe80::/126\"]", "addresses[0]", "holds no addresses that packets can leave from")]
    [InlineData("addresses: [198.51.100.1], address: 198.51.100.1", "addresses", "leave `address` and `prefix` out")]
    [InlineData("addresses: [198.51.100.1, \"2001:db8::1\"], gateway: 198.51.100.254", "addresses", "is of another family than some of the addresses")]
    [InlineData("bind: header", "bind", "there is neither")]
    public void What_is_wrong_is_said(string text, string key, string error)
    {
        ConfigError found = Assert.Single(ConfigAssert.Errors(Document(text)));
        Assert.Equal("exits[0]." + key, found.Path);
        Assert.Contains(error, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Source_nat_has_a_mark_and_a_table_for_each_address()
    {
        GatewayConfig config = ConfigAssert.Valid(Document("addresses: [198.51.100.0/29], gateway: 192.0.2.1, interface: eth0")
            + "snat: { enabled: true, table_base: 1000 }");
        IReadOnlyList<SnatExit> exits = SnatLayout.Create(config, out IReadOnlyList<string> faults);
        Assert.Empty(faults);
        Assert.Equal(6, exits.Select(exit => exit.Mark).Distinct().Count());
        Assert.Equal(("wan@198.51.100.6", 1005), (exits[5].Name, exits[5].Table));
    }

    [Fact]
    public void Source_nat_takes_no_addresses_of_interfaces() => Assert.Contains(
        "takes the addresses of an interface, which may change",
        ConfigAssert.Errors(Document("addresses: [eth1, 198.51.100.1], interface: eth0") + "snat: { enabled: true }")[0].Message, StringComparison.Ordinal);

    private static GatewayConfig Read(string keys) => ConfigAssert.Valid(Document(keys));

    private static string Document(string keys) => ConfigAssert.Inbound + $"exits: [{{ name: wan, type: direct, {keys} }}]\n";
}
