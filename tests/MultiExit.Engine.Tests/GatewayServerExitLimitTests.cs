using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Limits of exits as clients and operators see them.</summary>
public sealed class GatewayServerExitLimitTests
{
    [Fact]
    public async Task A_full_exit_is_passed_over_by_groups_and_refused_by_rules_until_a_session_ends()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(new() { Connections = 2 }, GroupStrategy.Failover));
        List<SocketStream> clients = [];
        for (int i = 0; i < 4; i++) clients.Add(await gateway.ConnectThroughAsync(target.EndPoint));
        Assert.Equal(["a", "a", "b", "b"], gateway.Server.GetSessions().Select(session => session.Exit!));
        ExitStatus full = Exit(gateway, "a");
        Assert.Equal((2, "the exit a has its 2 connections"), (full.Limits!.Connections, full.Limits.Reached));
        RouteExplanation told = await ExplainAsync(gateway, target.EndPoint);
        Assert.Equal(["pool", "b"], told.Path);
        Assert.Equal("the exit a has its 2 connections", told.Exit.Members[0].Reason);
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Default = "a" });
        Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint));
        told = await ExplainAsync(gateway, target.EndPoint);
        Assert.Equal((RouteOutcome.Refused, "the exit a has its 2 connections"), (told.Outcome, told.Reason));
        (SocketStream association, byte reply) = await Socks5Associating.AssociateAsync(gateway);
        await association.DisposeAsync();
        Assert.Equal(1, reply);

        await clients[0].DisposeAsync();
        await Wait.UntilAsync(() => Exit(gateway, "a").Limits!.Reached is null);
        Assert.Equal(0, await ReplyAsync(gateway, target.EndPoint));
        foreach (SocketStream client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Dials_under_way_count_so_that_many_at_once_go_on_to_the_next_member()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(new() { Connections = 3 }, GroupStrategy.Failover));
        SocketStream[] clients = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => gateway.ConnectThroughAsync(target.EndPoint)));
        Assert.Equal(24, gateway.Server.GetSessions().Count);
        Assert.NotEqual(0, Exit(gateway, "b").Sessions);
        Assert.True(Exit(gateway, "a").Sessions >= 3);
        foreach (SocketStream client in clients) await client.DisposeAsync();
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        Assert.Null(Exit(gateway, "a").Limits!.Reached);
    }

    [Fact]
    public async Task A_spent_exit_is_cut_and_passed_over_and_its_use_is_kept_over_a_restart()
    {
        using TemporaryFolder folder = new();
        await using EchoTarget target = new();
        GatewayConfig config = Config(new() { Quota = 3000 }, GroupStrategy.Failover) with
        {
            Limits = new LimitsConfig { UsageFile = folder["usage.json"] },
        };
        await using (TestGateway gateway = await TestGateway.StartAsync(config))
        {
            await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint);
            await EchoAsync(first, 1600);
            await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
            Assert.Contains(gateway.Server.GetLog(new() { Ids = ["MX1118"] }), entry => entry.Message.EndsWith(
                "exit a has used up the quota of this month; sessions cut: 1", StringComparison.Ordinal));
            ExitLimitStatus spent = Exit(gateway, "a").Limits!;
            Assert.Equal((3000, 3200, "the quota of the exit a is used up for this month"), (spent.Quota, spent.UsedThisMonth, spent.Reached));
            MetricStatus used = gateway.Server.GetMetrics().Single(metric => metric.Name == "multiexit.exit.quota.used");
            Assert.Equal(3200 / 3000.0, Assert.Single(used.Points).Value, 0.001);
            await using SocketStream second = await gateway.ConnectThroughAsync(target.EndPoint);
            Assert.Equal("b", Assert.Single(gateway.Server.GetSessions()).Exit);
        }
        await using TestGateway again = await TestGateway.StartAsync(config);
        Assert.Equal(3200, Exit(again, "a").Limits!.UsedThisMonth);
        await using SocketStream third = await again.ConnectThroughAsync(target.EndPoint);
        Assert.Equal("b", Assert.Single(again.Server.GetSessions()).Exit);
    }

    [Fact]
    public async Task What_an_exit_moved_before_it_had_a_quota_does_not_count()
    {
        using TemporaryFolder folder = new();
        ManualTimeProvider time = new();
        await using EchoTarget target = new();
        GatewayConfig config = Config(null, GroupStrategy.Failover) with { Limits = new LimitsConfig { UsageFile = folder["usage.json"] } };
        await using TestGateway gateway = await TestGateway.StartAsync(config, new GatewayOptions { Time = time });
        await using (SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint)) await EchoAsync(first, 5000);
        await gateway.Server.ReloadAsync(config with { Exits = [new DirectExitConfig { Name = "a", Limits = new() { Quota = 9000 } }, config.Exits[1]] });
        time.Advance(TimeSpan.FromSeconds(2));
        await using SocketStream second = await gateway.ConnectThroughAsync(target.EndPoint);
        await EchoAsync(second, 500);
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Exit(gateway, "a").Limits!.UsedThisMonth == 1000;
        });
        Assert.Null(Exit(gateway, "a").Limits!.Reached);
    }

    [Fact]
    public async Task A_shadow_limit_refuses_nothing_and_says_so()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(new() { Connections = 1, Shadow = true }, GroupStrategy.Failover));
        await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint);
        await using SocketStream second = await gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal(["a", "a"], gateway.Server.GetSessions().Select(session => session.Exit!));
        Assert.Equal((true, null), (Exit(gateway, "a").Limits!.Shadow, Exit(gateway, "a").Limits!.Reached));
        Assert.Equal(("exits.a.limits.connections", 1), gateway.Server.GetStatus().Reports.Select(report => (report.Name, (int)report.Count)).Single());
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task The_addresses_of_a_pool_have_their_limit_together()
    {
        await using EchoTarget target = new();
        GatewayConfig config = Config(null, GroupStrategy.Failover) with { Default = "a" };
        await using TestGateway gateway = await TestGateway.StartAsync(config with
        {
            Exits =
            [
                new DirectExitConfig
                {
                    Name = "a", Addresses = [new PoolSource(IPNetwork.Parse("127.0.8.0/30"))], Limits = new() { Connections = 3, Bandwidth = 1 << 20 },
                },
                config.Exits[1],
            ],
        });
        List<SocketStream> clients = [];
        for (int i = 0; i < 3; i++) clients.Add(await gateway.ConnectThroughAsync(target.EndPoint));
        Assert.Equal(2, gateway.Server.GetSessions().Select(session => session.Exit).Distinct().Count());
        Assert.Equal(2, await ReplyAsync(gateway, target.EndPoint));
        Assert.All(gateway.Server.GetExits().Where(exit => exit.Name.StartsWith('a')), exit =>
            Assert.Equal("the exit a has its 3 connections", exit.Limits!.Reached));
        foreach (SocketStream client in clients) await client.DisposeAsync();
    }

    private static ExitStatus Exit(TestGateway gateway, string name) => gateway.Server.GetExits().Single(exit => exit.Name == name);

    private static Task<RouteExplanation> ExplainAsync(TestGateway gateway, IPEndPoint target) =>
        gateway.Server.ExplainRouteAsync(new RouteQuery { Destination = Destination.FromEndPoint(target), Client = IPAddress.Loopback });

    private static async Task EchoAsync(SocketStream client, int count)
    {
        await client.WriteAsync(new byte[count]);
        await client.ReadExactlyAsync(new byte[count]).AsTask().WaitAsync(TestTransports.Patience);
    }

    private static async Task<byte> ReplyAsync(TestGateway gateway, IPEndPoint target)
    {
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port]);
        byte[] answer = new byte[4];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        return answer[3];
    }

    private static GatewayConfig Config(ScopeLimits? limits, GroupStrategy strategy) => TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "a", Limits = limits }, new DirectExitConfig { Name = "b" }],
        Groups = [new GroupConfig { Name = "pool", Exits = ["a", "b"], Strategy = strategy }],
        Default = "pool",
    };
}
