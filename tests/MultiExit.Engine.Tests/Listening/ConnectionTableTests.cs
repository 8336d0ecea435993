using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Listening;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Listening;

/// <summary>How many connections one client gets.</summary>
public sealed class ConnectionTableTests
{
    private readonly ConnectionTable _table = new(new ManualTimeProvider());

    [Fact]
    public void One_address_gets_a_quarter_of_all_connections_where_nothing_is_said()
    {
        LimitsConfig limits = new() { Connections = 40 };
        Assert.Equal(10, Take("192.0.2.1", limits));
        Assert.Equal("limits.connections_per_client (a quarter of limits.connections, 10) is reached", Refusal("192.0.2.1", limits));
        Assert.Equal(10, Take("2001:db8::1", limits));
        Assert.NotNull(Refusal("2001:db8::2", limits)); // the same /64
        Assert.Null(Refusal("2001:db8:0:1::1", limits));
    }

    [Fact]
    public void Programs_of_this_host_may_take_all_of_them_where_nothing_is_said()
    {
        LimitsConfig limits = new() { Connections = 40 };
        Assert.Equal(40, Take("127.0.0.1", limits));
        Assert.Equal("limits.connections (40) is reached", Refusal("::1", limits));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_number_that_is_said_holds_for_everybody(string client)
    {
        LimitsConfig limits = new() { Connections = 40, PerClient = new ScopeLimits { Connections = 30 } };
        Assert.Equal(30, Take(client, limits));
        Assert.Equal("limits.connections_per_client (30) is reached", Refusal(client, limits));
    }

    [Fact]
    public void A_server_for_one_connection_serves_one() => Assert.Equal(1, Take("192.0.2.1", new LimitsConfig { Connections = 1 }));

    private int Take(string client, LimitsConfig limits)
    {
        int taken = 0;
        while (Refusal(client, limits) is null) taken++;
        return taken;
    }

    private string? Refusal(string client, LimitsConfig limits)
    {
        _table.TryAdd(new IPEndPoint(IPAddress.Parse(client), 1), () => { }, "in", limits, out string? refusal);
        return refusal;
    }
}
