using System.Net;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Engine.Tests.Provisioning;

public sealed class LocalRoutesTests
{
    private static readonly string[] Lines =
    [
        "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0",
        "20010db8000700000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0",
        "20010db8000100000000000000000000 30 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000002 00000000 80200001       lo",
        "20010db8000200000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo",
        "nonsense", "", "20010db8 40",
    ];

    [Theory]
    [InlineData("2001:db8:1::/48", true)]
    [InlineData("2001:db8:1:5::/64", true)]
    [InlineData("2001:db8::/32", false)]
    [InlineData("2001:db8:2::/64", false)]
    [InlineData("2001:db8:7::/64", false)] // a route, but not a local one
    public void Only_a_local_route_around_a_prefix_covers_it(string prefix, bool expected) =>
        Assert.Equal(expected, LocalRoutes.Cover(Lines, IPNetwork.Parse(prefix)));
}
