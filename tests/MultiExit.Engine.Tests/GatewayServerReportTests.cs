using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Rules and limits that only say what they would do.</summary>
public sealed class GatewayServerReportTests
{
    [Fact]
    public async Task A_rule_that_reports_is_counted_and_logged_and_the_next_one_decides()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Reporting);
        await using (await gateway.ConnectThroughAsync(target.EndPoint)) Assert.Equal("wan1", gateway.Server.GetSessions()[0].Exit);
        Assert.Equal([("rule 1", "networks: 127.0.0.0/8 -> report deny", 1L), ("rule 2", "ports: 1 -> report wan1", 0L)],
            gateway.Server.GetStatus().Reports.Select(report => (report.Name, report.Text!, report.Count)));
        string message = Assert.Single(gateway.Server.GetLog(new() { Ids = ["MX1105"] })).Message;
        Assert.EndsWith($" to {target.EndPoint} to block, and only reports; it goes to wan1", message, StringComparison.Ordinal);
        MetricPoint point = Assert.Single(gateway.Server.GetMetrics().Single(metric => metric.Name == "multiexit.report.matched").Points,
            point => point.Value > 0);
        Assert.Equal((1.0, "rule 1"), (point.Value, point.Labels["source"]));
    }

    [Fact]
    public async Task A_rule_that_reports_is_told_in_an_explanation_which_counts_nothing()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Reporting);
        RouteExplanation told = await gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 7)), Client = IPAddress.Loopback });
        Assert.Equal([RuleVerdict.Reports, RuleVerdict.DoesNotMatch, RuleVerdict.Matches], told.Rules.Select(rule => rule.Verdict));
        Assert.Equal((3, "wan1"), (told.Rule!.Number, told.Exit.Name));
        Assert.Contains("  rule 1 (networks: 127.0.0.0/8 -> report deny) would match and only reports", told.Explanation);
        Assert.All(gateway.Server.GetStatus().Reports, report => Assert.Equal(0, report.Count));
    }

    [Fact]
    public async Task A_rule_keeps_its_count_over_a_reload_unless_it_changes()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Reporting);
        await using (await gateway.ConnectThroughAsync(target.EndPoint)) { }
        await gateway.Server.ReloadAsync(Reporting with { Default = "block" });
        Assert.Equal(1, gateway.Server.GetStatus().Reports[0].Count);
        await gateway.Server.ReloadAsync(Reporting with { Routes = [Reporting.Routes[0] with { Networks = [IPNetwork.Parse("127.0.0.0/16")] }] });
        Assert.Equal(0, Assert.Single(gateway.Server.GetStatus().Reports).Count);
    }

    [Fact]
    public async Task A_rule_that_reports_does_not_part_the_datagrams_of_an_association()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Reporting);
        RouteExplanation told = await gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 7)), Client = IPAddress.Loopback, Udp = true });
        Assert.Equal("wan1", told.Exit.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_limit_of_a_user_in_shadow_refuses_nothing_and_counts(bool ofUser)
    {
        ScopeLimits one = new() { Connections = 1, Shadow = true };
        LimitsConfig limits = ofUser ? new() { Users = new Dictionary<string, ScopeLimits> { ["alice"] = one } } : new() { PerUser = one };
        string key = ofUser ? "limits.users.alice.connections" : "limits.connections_per_user";
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(limits, new UserConfig("alice", new Secret("secret"))));
        await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        Assert.DoesNotContain(gateway.Server.GetStatus().Reports, report => report.Name == key);
        await using SocketStream second = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        Assert.Equal(2, gateway.Server.GetSessions().Count);
        Assert.Equal((key, 1L), gateway.Server.GetStatus().Reports.Select(report => (report.Name, report.Count)).Single());
        Assert.EndsWith(": alice has its 1 connection", Assert.Single(gateway.Server.GetLog(new() { Ids = ["MX1106"] })).Message, StringComparison.Ordinal);
        RouteExplanation told = await gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(target.EndPoint), Client = IPAddress.Loopback, User = "alice" });
        Assert.Equal(RouteOutcome.Served, told.Outcome);
        Assert.Contains($"{key} would refuse it, and only reports: alice has its 1 connection", told.Notes);
    }

    [Fact]
    public async Task Limits_of_connections_in_shadow_refuse_nothing_and_count()
    {
        LimitsConfig limits = new()
        {
            PerClient = new ScopeLimits { Connections = 1, Shadow = true },
            Inbounds = new Dictionary<string, ScopeLimits> { ["proxy"] = new() { Connections = 1, Shadow = true } },
        };
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(limits));
        await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint);
        await using SocketStream second = await gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal([("limits.connections_per_client", 1L), ("limits.inbounds.proxy.connections", 1L)],
            gateway.Server.GetStatus().Reports.Select(report => (report.Name, report.Count)));
    }

    [Fact]
    public async Task A_bandwidth_in_shadow_lets_all_through_and_says_how_long_it_would_have_held_it()
    {
        LimitsConfig limits = new()
        {
            Users = new Dictionary<string, ScopeLimits> { ["alice"] = new() { Bandwidth = 10_000, Shadow = true } },
        };
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(limits, new UserConfig("alice", new Secret("secret"))));
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        byte[] bytes = new byte[100_000];
        Task written = client.WriteAsync(bytes).AsTask();
        await client.ReadExactlyAsync(bytes).AsTask().WaitAsync(TestTransports.Patience);
        await written;
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Reports is [{ Held: { } held }] && held > TimeSpan.FromSeconds(10));
        ReportStatus report = Assert.Single(gateway.Server.GetStatus().Reports);
        Assert.Equal("limits.users.alice.bandwidth", report.Name);
        Assert.InRange(report.Held!.Value.TotalSeconds, 10, 20);
        IReadOnlyList<LogEntry> told = gateway.Server.GetLog(new() { Ids = ["MX1106"] });
        Assert.InRange(told.Count, 1, 2);
        Assert.All(told,
            entry => Assert.EndsWith(", and only reports: more than 10000 bytes a second have moved", entry.Message, StringComparison.Ordinal));
    }

    private static GatewayConfig Reporting => TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "wan1" }],
        Routes =
        [
            new RouteConfig { Networks = [IPNetwork.Parse("127.0.0.0/8")], Action = RouteAction.Report },
            new RouteConfig { Ports = [new(1, 1)], Exit = "wan1", Action = RouteAction.Report },
            new RouteConfig { Protocols = [RouteProtocol.Tcp, RouteProtocol.Udp], Exit = "wan1" },
        ],
    };
}
