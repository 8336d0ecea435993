using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Tests.Exits;

public sealed class PrefixSourceTests
{
    private static readonly IPNetwork Prefix = IPNetwork.Parse("2001:db8:1:2::/64");

    [Fact]
    public void Each_connection_has_another_address()
    {
        PrefixSource source = new(Prefix, BindingUnit.Connection, "six");
        HashSet<IPAddress> seen = [.. Enumerable.Range(0, 1000).Select(_ => source.Choose(From("192.0.2.1", "alice")))];
        Assert.Equal(1000, seen.Count);
        Assert.All(seen, address => Assert.True(Prefix.Contains(address)));
    }

    [Theory]
    [InlineData(nameof(BindingUnit.Connection))]
    [InlineData(nameof(BindingUnit.User))]
    public void Every_address_but_the_routers_anycast_is_used(string unit)
    {
        PrefixSource source = new(IPNetwork.Parse("2001:db8::c/126"), Enum.Parse<BindingUnit>(unit), "six");
        IEnumerable<IPAddress> seen = Enumerable.Range(0, 500).Select(i => source.Choose(From("192.0.2.1", $"user{i}"))).Distinct();
        Assert.Equal(["2001:db8::d", "2001:db8::e", "2001:db8::f"], seen.Select(address => address.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_client_or_user_keeps_its_own_address()
    {
        PrefixSource users = new(Prefix, BindingUnit.User, "six");
        IPAddress alice = users.Choose(From("192.0.2.1", "alice"));
        Assert.Equal(alice, users.Choose(From("192.0.2.2", "alice")));
        // Another object, as after a reload.
        Assert.Equal(alice, new PrefixSource(Prefix, BindingUnit.User, "six").Choose(From("192.0.2.2", "alice")));
        Assert.NotEqual(alice, users.Choose(From("192.0.2.1", "bob")));
        Assert.NotEqual(alice, new PrefixSource(Prefix, BindingUnit.User, "other").Choose(From("192.0.2.1", "alice")));
        PrefixSource clients = new(Prefix, BindingUnit.Client, "six");
        Assert.Equal(clients.Choose(From("192.0.2.1", "alice")), clients.Choose(From("192.0.2.1", "bob")));
        Assert.NotEqual(clients.Choose(From("192.0.2.1", null)), clients.Choose(From("192.0.2.2", null)));
    }

    [Fact]
    public void A_probe_without_a_client_has_an_address_of_the_prefix() =>
        Assert.True(Prefix.Contains(new PrefixSource(Prefix, BindingUnit.Client, "six").Choose(new DialContext())));

    private static DialContext From(string client, string? user) => new()
    {
        Request = new RequestInfo
        {
            Inbound = "proxy", User = user, Client = new IPEndPoint(IPAddress.Parse(client), 4000), Local = new IPEndPoint(IPAddress.Loopback, 1080),
            Destination = Destination.FromAddress(IPAddress.IPv6Loopback, 80),
        },
    };
}
