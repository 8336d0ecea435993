using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>A running server does with a request what it has explained before.</summary>
public sealed class GatewayServerExplainTests
{
    public static TheoryData<GroupStrategy> Strategies =>
        [.. Enum.GetValues<GroupStrategy>().Where(strategy => strategy != GroupStrategy.Random)];

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task The_explanation_names_the_member_that_serves_next(GroupStrategy strategy)
    {
        await using EchoTarget target = new();
        int port = target.EndPoint.Port;
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed() with
        {
            Exits = [.. "abc".Select(name => new DirectExitConfig { Name = name.ToString(), Weight = 1 + name - 'a' })],
            Groups =
            [
                new GroupConfig { Name = "inner", Exits = ["a", "b"], Strategy = strategy, PortRanges = RangesFor("b") },
                new GroupConfig { Name = "outer", Exits = ["c", "inner"], Strategy = strategy, PortRanges = RangesFor("inner") },
            ],
            Default = "outer",
        });
        for (int i = 0; i < 12; i++)
        {
            if (i == 6) gateway.Server.SetExitEnabled("a", enabled: false);
            await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
            RouteExplanation told = await ExplainAsync(gateway, target.EndPoint);
            Assert.Equal(told.Path, (await ExplainAsync(gateway, target.EndPoint)).Path);
            await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
            Assert.Equal(told.Path[^1], gateway.Server.GetSessions()[^1].Exit);
        }
        Assert.Equal(12, gateway.Server.GetExits().Where(exit => exit.Members.Count == 0).Sum(exit => exit.Dials));

        PortRangeConfig[] RangesFor(string name) => [new(new((ushort)port, (ushort)port), name)];
    }

    [Fact]
    public async Task An_exit_that_is_out_of_use_is_reported()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed() with
        {
            Exits = [new DirectExitConfig { Name = "a" }, new DirectExitConfig { Name = "b" }],
            Groups = [new GroupConfig { Name = "pool", Exits = ["a", "b"] }],
            Default = "pool",
        });
        IPEndPoint target = new(IPAddress.Parse("192.0.2.1"), 443);
        gateway.Server.SetExitEnabled("a", enabled: false);
        MemberExplanation a = (await ExplainAsync(gateway, target)).Exit.Members[0];
        Assert.Equal((MemberChoice.Passed, "disabled by an operator"), (a.Choice, a.Reason));
        gateway.Server.SetExitEnabled("b", enabled: false);
        RouteExplanation told = await ExplainAsync(gateway, target);
        Assert.Equal((RouteOutcome.Unavailable, "pool: every member is disabled"), (told.Outcome, told.Reason));
        Assert.Empty(told.Leaves);
        gateway.Server.SetExitEnabled("pool", enabled: false);
        told = await ExplainAsync(gateway, target);
        Assert.Equal((RouteOutcome.Unavailable, "pool: disabled by an operator"), (told.Outcome, told.Reason));
    }

    [Fact]
    public async Task An_exit_that_is_down_is_reported()
    {
        await using EchoTarget target = new();
        using ClosedPort closed = new();
        GatewayConfig config = TestGateway.Mixed() with
        {
            Exits = [new Socks5ExitConfig { Name = "dead", Server = Destination.FromEndPoint(closed.EndPoint) }, new DirectExitConfig { Name = "b" }],
            Groups =
            [
                new GroupConfig
                {
                    Name = "pool", Exits = ["dead", "b"], Strategy = GroupStrategy.Failover, Retries = 1,
                    Health = new HealthConfig { EjectAfter = 1, EjectFor = TimeSpan.FromHours(1) },
                },
            ],
            Default = "pool",
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        Assert.Equal(["pool", "dead"], (await ExplainAsync(gateway, target.EndPoint)).Path);
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        RouteExplanation told = await ExplainAsync(gateway, target.EndPoint);
        Assert.Equal(["pool", "b"], told.Path);
        Assert.StartsWith("down: ", told.Exit.Members[0].Reason, StringComparison.Ordinal);
        gateway.Server.SetExitEnabled("b", enabled: false);
        told = await ExplainAsync(gateway, target.EndPoint);
        Assert.Equal(["pool", "dead"], told.Path);
        Assert.EndsWith("but so are all (all_down: try)", told.Exit.Members[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_weight_holds_until_the_configured_one_changes()
    {
        GatewayConfig config = TestGateway.Mixed() with
        {
            Exits = [new DirectExitConfig { Name = "a", Weight = 2 }, new DirectExitConfig { Name = "b" }],
            Groups = [new GroupConfig { Name = "pool", Exits = ["a", "b"], Strategy = GroupStrategy.Weighted }],
            Default = "pool",
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        gateway.Server.SetExitWeight("b", 9);
        Assert.Equal([2, 9], Weights(gateway));
        RouteExplanation told = await ExplainAsync(gateway, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 443));
        Assert.Equal(["pool", "b"], told.Path);
        await gateway.Server.ReloadAsync(config);
        Assert.Equal([2, 9], Weights(gateway));
        await gateway.Server.ReloadAsync(config with { Exits = [config.Exits[0], config.Exits[1] with { Weight = 3 }] });
        Assert.Equal([2, 3], Weights(gateway));
        Assert.Throws<ProxyException>(() => gateway.Server.SetExitWeight("c", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => gateway.Server.SetExitWeight("a", 1001));
    }

    private static int[] Weights(TestGateway gateway) => [.. gateway.Server.GetExits().Where(exit => exit.Name is "a" or "b").Select(exit => exit.Weight)];

    private static Task<RouteExplanation> ExplainAsync(TestGateway gateway, IPEndPoint target) => gateway.Server.ExplainRouteAsync(
        new RouteQuery { Destination = Destination.FromEndPoint(target), Client = IPAddress.Loopback }).WaitAsync(TestTransports.Patience);
}
