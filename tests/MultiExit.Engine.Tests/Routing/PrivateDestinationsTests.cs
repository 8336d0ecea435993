using System.Net;
using System.Net.NetworkInformation;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Routing;

public sealed class PrivateDestinationsTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.1")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("100::1")]
    [InlineData("100:0:0:1::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:1ff::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("3fff:fff::1")]
    [InlineData("5f00::1")]
    [InlineData("2606:4700::5efe:10.0.0.1")] // ISATAP
    [InlineData("2606:4700::200:5efe:127.0.0.1")]
    [InlineData("2001:67c:2960:6464::10.0.0.1")] // NAT64 of a site
    [InlineData("192.168.1.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::10.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:5345:5678:0:f227:80ff:fffe")] // Teredo, client 127.0.0.1
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_globally_reachable_is_private(string address) => Assert.True(Contains(address));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("169.253.255.255")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::1.1.1.1")]
    [InlineData("2002:101:101::1")]
    [InlineData("192.0.0.9")]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.175.48.1")]
    [InlineData("192.88.98.1")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("2001:1::1")]
    [InlineData("2001:3::1")]
    [InlineData("2001:4:112::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:200::1")]
    [InlineData("2620:4f:8000::1")]
    [InlineData("3fff:1000::1")]
    [InlineData("2606:4700::5efe:1.1.1.1")]
    [InlineData("2001:67c:2960:6464::1.1.1.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2001:4860:4860::8888")]
    public void An_address_of_the_internet_is_public(string address) => Assert.False(Contains(address));

    [Theory]
    [InlineData("2001:67c:2960:6464::c000:aa", 96)]
    [InlineData("2001:67c:c000:aa::", 32)]
    [InlineData("2001:67c:29c0:0:aa::", 40)]
    [InlineData("2001:67c:2960:c000:0:aa00::", 48)]
    [InlineData("2001:67c:2960:64c0:0:aa::", 56)]
    [InlineData("2001:67c:2960:6464:c0:0:aa00:0", 64)]
    public void The_prefix_of_a_translator_is_found_in_the_answer_for_the_well_known_name(string answer, int length)
    {
        Nat64Prefix prefix = Assert.Single(Nat64Prefix.Discover([IPAddress.Parse("192.0.0.170"), IPAddress.Parse(answer)]));
        Assert.Equal(length, prefix.Length);
        byte[] ipv4 = new byte[4];
        Assert.True(prefix.TryExtract(IPAddress.Parse(answer).GetAddressBytes(), ipv4));
        Assert.Equal([192, 0, 0, 170], ipv4);
    }

    [Fact]
    public void An_answer_without_the_well_known_addresses_gives_no_prefix() =>
        Assert.Empty(Nat64Prefix.Discover([IPAddress.Parse("2001:67c::1"), IPAddress.Parse("192.0.0.170"), IPAddress.Parse("::ffff:192.0.0.170")]));

    [Fact]
    public void Every_address_of_this_host_is_private()
    {
        IPAddress[] own = [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => one.OperationalStatus == OperationalStatus.Up)
            .SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address).Where(one => !one.IsIPv6LinkLocal)];
        Assert.All(own, address => Assert.True(new LocalAddresses(TimeProvider.System).Contains(address), $"{address}"));
        Assert.False(new LocalAddresses(TimeProvider.System).Contains(IPAddress.Parse("1.1.1.1")));
    }

    private static readonly Nat64Prefix Site = new(IPAddress.Parse("2001:67c:2960:6464::").GetAddressBytes(), 96);

    private static bool Contains(string address) => SpecialPurposeAddresses.Contains(IPAddress.Parse(address), [Site]);
}
