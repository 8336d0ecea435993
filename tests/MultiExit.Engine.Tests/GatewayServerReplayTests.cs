using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>A candidate configuration is held against sessions that were, and those that are live.</summary>
public sealed class GatewayServerReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Recorded_sessions_say_what_a_candidate_would_change_and_by_which_rule()
    {
        await using EchoTarget one = new(), two = new(), three = new();
        GatewayConfig config = Config with { Records = new RecordsConfig(_folder["records.db"]) };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        foreach (EchoTarget target in (EchoTarget[])[one, one, two, three])
            await using (await gateway.ConnectThroughAsync(target.EndPoint)) { }
        ReplayReport report = new();
        await Wait.UntilAsync(async () =>
        {
            report = await gateway.Server.ReplayAsync(config with
            {
                Routes =
                [
                    new RouteConfig { Ports = [Port(one)], Action = RouteAction.Deny },
                    new RouteConfig { Ports = [Port(two)], Exit = "wan2" },
                    new RouteConfig { Ports = [Port(three)], Action = RouteAction.Report },
                ],
            }, new ReplayQuery(ReplaySource.Records), TestContext.Current.CancellationToken);
            return report.Sessions == 4;
        });
        Assert.Equal((1L, 1L, 2L, 0L, 0L, false), (report.Same, report.Different, report.Refused, report.Admitted, report.Undecided, report.IsCut));
        Assert.Equal(
            [
                ("wan1", "refused", $"rule 1 (ports: {one.EndPoint.Port} -> deny)", 2L, 2),
                ("wan1", "wan2", $"rule 2 (ports: {two.EndPoint.Port} -> wan2)", 1L, 1),
            ],
            report.Changes.Select(change => (change.From, change.To, change.Rule, change.Count, change.Examples.Count)));
        Assert.EndsWith($" - by proxy to {two.EndPoint}", report.Changes[1].Examples[0], StringComparison.Ordinal);
        report = await gateway.Server.ReplayAsync(config, new ReplayQuery(ReplaySource.Records, DateTimeOffset.Now + TimeSpan.FromDays(1)),
            TestContext.Current.CancellationToken);
        Assert.Equal(0, report.Sessions);
    }

    [Fact]
    public async Task Live_sessions_say_it_too()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config);
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        async Task<ReplayReport> ReplayAsync(GatewayConfig candidate) =>
            await gateway.Server.ReplayAsync(candidate, new ReplayQuery(ReplaySource.Live), TestContext.Current.CancellationToken);
        Assert.Equal((1L, 1L), ((await ReplayAsync(Config)).Sessions, (await ReplayAsync(Config)).Same));
        Assert.Equal(1, (await ReplayAsync(Config with { Default = "wan2" })).Different);
        MixedInboundConfig other = new() { Name = "other", Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        ReplayReport refused = await ReplayAsync(Config with { Inbounds = [other] });
        Assert.Equal((1L, "there is no inbound proxy"), (refused.Refused, Assert.Single(refused.Changes).Rule));
        refused = await ReplayAsync(TestGateway.Mixed(null, new UserConfig("alice", new Secret("p"))));
        Assert.Equal("proxy asks for a login", Assert.Single(refused.Changes).Rule);
    }

    [Fact]
    public async Task A_server_without_records_says_so()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config);
        ProxyException none = await Assert.ThrowsAsync<ProxyException>(
            () => gateway.Server.ReplayAsync(Config, new ReplayQuery(ReplaySource.Records), TestContext.Current.CancellationToken));
        Assert.Equal(ProxyError.ServerState, none.Reason);
    }

    [Fact]
    public async Task It_is_asked_for_over_the_control_socket()
    {
        await using EchoTarget target = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Config);
        await using SocketStream client = await gateway.Gateway.ConnectThroughAsync(target.EndPoint);
        ConfigDocument candidate = new(
            "inbounds: [{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }]\nroutes: [{ networks: [127.0.0.0/8], action: deny }]\n", null);
        ReplayReport report = await gateway.Client.ReplayConfigAsync(candidate, new ReplayQuery(ReplaySource.Live), TestContext.Current.CancellationToken);
        Assert.Equal((1L, "rule 1 (networks: 127.0.0.0/8 -> deny)"), (report.Refused, Assert.Single(report.Changes).Rule));
        ProxyException faulty = await Assert.ThrowsAsync<ProxyException>(() => gateway.Client.ReplayConfigAsync(
            new ConfigDocument("inbounds: []\n", null), new ReplayQuery(ReplaySource.Live), TestContext.Current.CancellationToken));
        Assert.NotEmpty(faulty.ConfigErrors);
    }

    public void Dispose() => _folder.Dispose();

    private static GatewayConfig Config => TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "wan1" }, new DirectExitConfig { Name = "wan2" }], Default = "wan1",
    };

    private static PortRange Port(EchoTarget target) => new((ushort)target.EndPoint.Port, (ushort)target.EndPoint.Port);
}
