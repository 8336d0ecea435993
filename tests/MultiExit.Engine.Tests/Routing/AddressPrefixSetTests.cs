using System.Net;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Tests.Routing;

public sealed class AddressPrefixSetTests
{
    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("198.51.100.7", true)]
    [InlineData("2001:db8:1::5", true)]
    [InlineData("2001:db8:2::5", false)]
    [InlineData("::10.1.2.3", false)]
    public void An_address_is_found_in_the_prefixes_that_hold_it(string address, bool expected) => Assert.Equal(
        expected,
        Set("10.0.0.0/8", "10.1.0.0/16", "192.0.2.1/32", "::ffff:198.51.100.0/120", "2001:db8:1::/48").Contains(IPAddress.Parse(address)));

    [Fact]
    public void A_prefix_of_length_zero_holds_its_own_family_alone()
    {
        Assert.True(Set("0.0.0.0/0").Contains(IPAddress.Broadcast));
        Assert.False(Set("0.0.0.0/0").Contains(IPAddress.IPv6Loopback));
        Assert.True(Set("::/0").Contains(IPAddress.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
        Assert.False(Set("::/0").Contains(IPAddress.Loopback));
        Assert.False(Set().Contains(IPAddress.Loopback));
    }

    [Fact]
    public void The_set_agrees_with_a_naive_oracle()
    {
        Random random = new(20260102);
        for (int round = 0; round < 100; round++)
        {
            IPNetwork[] networks = [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => RandomNetwork(random))];
            AddressPrefixSet set = new(networks);
            for (int i = 0; i < 100; i++)
            {
                IPAddress address = RandomAddress(random, random.Next(2) == 0 ? 4 : 16);
                Assert.Equal(networks.Any(network => network.Contains(address)), set.Contains(address));
            }
        }
    }

    private static AddressPrefixSet Set(params string[] networks) => new(networks.Select(IPNetwork.Parse));

    private static IPNetwork RandomNetwork(Random random)
    {
        int size = random.Next(2) == 0 ? 4 : 16;
        byte[] bytes = RandomAddress(random, size).GetAddressBytes();
        int length = random.Next(size * 8 + 1);
        for (int bit = length; bit < size * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }

    // Few different octets, so that addresses fall into ranges often; never IPv4-mapped, which the oracle treats differently.
    private static IPAddress RandomAddress(Random random, int size)
    {
        byte[] bytes = [.. Enumerable.Range(0, size).Select(_ => (byte)(random.Next(3) * 127))];
        if (size == 16) bytes[0] |= 0x20;
        return new IPAddress(bytes);
    }
}
