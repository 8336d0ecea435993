using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tls;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>What a server measures, with real sessions.</summary>
public sealed class GatewayServerMetricsTests
{
    [Fact]
    public async Task Bytes_and_live_sessions_move_while_a_session_is_open()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        await using EchoTarget target = new();
        await using (SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint))
        {
            for (int turn = 1; turn <= 3; turn++)
            {
                await client.WriteAsync(new byte[1000]);
                await client.ReadExactlyAsync(new byte[1000]).AsTask().WaitAsync(TestTransports.Patience);
                int expected = turn * 1000;
                await Wait.UntilAsync(() => Value(gateway, "multiexit.network.io", "proxy", "direct", "down") == expected);
                Assert.Equal(expected, Value(gateway, "multiexit.network.io", "proxy", "direct", "up"));
                Assert.Equal(1, Value(gateway, "multiexit.session.live", "proxy"));
                Assert.Equal(1, Value(gateway, "multiexit.exit.session.live", "direct"));
                Assert.Equal(1, Value(gateway, "multiexit.session.started", "proxy"));
                Assert.Null(Value(gateway, "multiexit.session.ended", "direct", "ok"));
            }
        }
        await Wait.UntilAsync(() => Value(gateway, "multiexit.session.ended", "direct", "ok") == 1);
        Assert.Equal(0, Value(gateway, "multiexit.session.live", "proxy"));
        Assert.Equal(3000, Value(gateway, "multiexit.network.io", "proxy", "direct", "up"));
        Assert.Equal(1, Point(gateway, "multiexit.session.duration", "proxy", "ok")!.Count);
        Assert.Equal(1, Point(gateway, "multiexit.exit.dial.duration", "direct", "ok")!.Count);
    }

    [Fact]
    public async Task What_was_refused_has_its_inbound_and_its_reason()
    {
        GatewayConfig config = TestGateway.Mixed(new LimitsConfig { Connections = 1 });
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        await using SocketStream first = await gateway.ConnectAsync();
        await first.WriteAsync(new byte[] { 5, 1, 0 });
        await first.ReadExactlyAsync(new byte[2]).AsTask().WaitAsync(TestTransports.Patience);
        await using SocketStream second = await gateway.ConnectAsync();
        await Wait.UntilAsync(() => Value(gateway, "multiexit.client.refused", "proxy", "connections") == 1);
        await first.WriteAsync(new byte[] { 9, 9, 9, 9 });
        await Wait.UntilAsync(() => Value(gateway, "multiexit.client.refused", "proxy", "protocol") == 1);
    }

    [Fact]
    public async Task A_dial_that_fails_is_measured_by_its_exit_and_how_it_failed()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        using ClosedPort closed = new();
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync(new byte[] { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (byte)(closed.Port >> 8), (byte)closed.Port });
        await Wait.UntilAsync(() => Value(gateway, "multiexit.session.ended", "direct", "ConnectionRefused") == 1);
        Assert.Equal(1, Point(gateway, "multiexit.exit.dial.duration", "direct", "ConnectionRefused")!.Count);
    }

    [Fact]
    public async Task Exits_in_force_have_their_state_and_a_reload_changes_which_they_are()
    {
        GatewayConfig config = TestGateway.Mixed() with { Exits = [new DirectExitConfig { Name = "wan1" }] };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        gateway.Server.SetExitEnabled("wan1", enabled: false);
        Assert.Equal((1d, 0d), (Value(gateway, "multiexit.exit.up", "wan1"), Value(gateway, "multiexit.exit.enabled", "wan1")));
        await gateway.Server.ReloadAsync(TestGateway.Mixed());
        Assert.Null(Value(gateway, "multiexit.exit.up", "wan1"));
        Assert.Equal(1, Value(gateway, "multiexit.exit.up", "direct"));
    }

    [Fact]
    public async Task Users_are_named_only_where_the_configuration_says_so_and_only_so_many()
    {
        UserConfig[] users = [.. new[] { "ann", "bob", "cid" }.Select(name => new UserConfig(name, new Secret("secret")))];
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, users));
        Assert.DoesNotContain(gateway.Server.GetMetrics(), metric => metric.Name.StartsWith("multiexit.user.", StringComparison.Ordinal));
        await gateway.Server.ReloadAsync(TestGateway.Mixed(null, users) with { Metrics = new MetricsConfig { PerUser = true, MaxUsers = 2 } });
        await using EchoTarget target = new();
        await using (SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "cid"))
        {
            await client.WriteAsync(new byte[10]);
            await client.ReadExactlyAsync(new byte[10]).AsTask().WaitAsync(TestTransports.Patience);
            await Wait.UntilAsync(() => Value(gateway, "multiexit.user.network.io", "cid", "down") == 10);
        }
        Assert.Equal(["cid", "other", "ann"], gateway.Server.GetMetrics().Single(metric => metric.Name == "multiexit.user.session.live").Points
            .Select(point => point.Labels["user"]).OrderBy(user => user == "ann").ThenBy(user => user, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_certificate_has_its_time_and_quotas_their_states()
    {
        using TemporaryFolder folder = new();
        UserConfig[] users = [new("ann", new Secret("secret"))];
        GatewayConfig config = TestGateway.Mixed(new LimitsConfig
        {
            UsageFile = folder["usage.json"],
            Users = new Dictionary<string, ScopeLimits> { ["ann"] = new() { Quota = 1 << 20 } },
        }, users);
        config = config with { Inbounds = [config.Inbounds[0] with { Tls = new TlsServerConfig { SelfSigned = true } }] };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        Assert.InRange(Value(gateway, "multiexit.certificate.left", "proxy")!.Value / 86_400, 3000, 3651);
        Assert.Equal([1d, 0d, 0d], new[] { "ok", "near", "over" }.Select(state => Value(gateway, "multiexit.quota.user", state)!.Value));
    }

    private static double? Value(TestGateway gateway, string name, params string[] labels) => Point(gateway, name, labels)?.Value;

    private static MetricPoint? Point(TestGateway gateway, string name, params string[] labels) => gateway.Server.GetMetrics()
        .Where(metric => metric.Name == name).SelectMany(metric => metric.Points).SingleOrDefault(point => point.Labels.Values.SequenceEqual(labels));
}
