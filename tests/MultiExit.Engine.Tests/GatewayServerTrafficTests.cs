using System.Net;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>The history of a server's traffic, as sessions make it and operators ask for it.</summary>
public sealed class GatewayServerTrafficTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PortableTransport _transport = new();

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task Traffic_is_asked_for_by_user_exit_and_inbound_over_the_control_socket()
    {
        await using EchoTarget target = new();
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Config());
        await EchoAsync(gateway.Gateway, target.EndPoint, "alice", 1000);
        await EchoAsync(gateway.Gateway, target.EndPoint, "alice", 500);
        await EchoAsync(gateway.Gateway, target.EndPoint, "bob", 7);
        await Assert.ThrowsAnyAsync<Exception>(() => gateway.Gateway.ConnectThroughAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 9), "bob"));
        string asked = $"/traffic?by=user,exit,inbound&since={DateTimeOffset.UtcNow.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}";
        JsonElement[] rows = [];
        await Wait.UntilAsync(async () => (rows = Rows(await gateway.AskAsync("GET", asked))).Sum(row => row.GetProperty("sessions").GetInt64()) == 4);
        Assert.Equal(["alice wan1 proxy 2 0 1500 1500", "bob block proxy 1 1 0 0", "bob wan1 proxy 1 0 7 7"], rows.Select(row => string.Join(' ',
            ((string[])["user", "exit", "inbound", "sessions", "failed", "bytes_up", "bytes_down"]).Select(name => row.GetProperty(name).ToString()))));
        Assert.Equal(JsonValueKind.Number, rows[0].GetProperty("dial_p95_ms").ValueKind);
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("dial_p95_ms").ValueKind);

        JsonElement exit = Rows(await gateway.AskAsync("GET", "/traffic?by=exit&step=5m"))[^1];
        Assert.False(exit.TryGetProperty("user", out _));
        Assert.Equal(0, exit.GetProperty("from").GetDateTimeOffset().Minute % 5);
        TrafficRow whole = Assert.Single(await gateway.Client.FindTrafficAsync(new TrafficQuery { By = TrafficFields.None }));
        Assert.Equal((4L, 1L, 1507L), (whole.Sessions, whole.Failed, whole.BytesUp));
        IReadOnlyList<TrafficRow> users = await gateway.Client.FindTrafficAsync(new TrafficQuery { Step = TrafficStep.Day });
        Assert.Equal(["alice", "bob"], users.Select(row => row.User).Distinct());
        Assert.Equal("[]", BodyOf(await gateway.AskAsync("GET", "/traffic?until=2020-01-01T00:00:00Z")).Trim());
    }

    [LinuxTheory("control sockets")]
    [InlineData("by=user,session", "expected some of user, exit, inbound")]
    [InlineData("step=2h", "expected one of 5m, 1h, 1d")]
    [InlineData("since=yesterday", "expected a time such as")]
    [InlineData("since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", "since is not before until")]
    [InlineData("user=alice", "there is no parameter user; there are by, since, until, step")]
    public async Task A_question_that_is_not_understood_is_answered_with_what_is_expected(string query, string expected)
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Config());
        string answer = await gateway.AskAsync("GET", "/traffic?" + query);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_server_without_records_says_so()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        string answer = await gateway.AskAsync("GET", "/traffic");
        Assert.StartsWith("HTTP/1.1 409", answer, StringComparison.Ordinal);
        Assert.Contains("keeps no history", answer, StringComparison.Ordinal);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => gateway.Client.FindTrafficAsync(new TrafficQuery()));
        Assert.Equal(ProxyError.ServerState, refused.Reason);
    }

    [Fact]
    public async Task A_session_of_many_minutes_counts_in_each_while_it_lives()
    {
        ManualTimeProvider time = new();
        await using EchoTarget target = new();
        GatewayConfig config = Config() with { Limits = new LimitsConfig { IdleTimeout = TimeSpan.FromDays(1) } };
        await using TestGateway gateway = await TestGateway.StartAsync(config, new GatewayOptions { Time = time });
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        for (int i = 1; i <= 3; i++)
        {
            await PassAsync(client, 100 * i);
            await Wait.UntilAsync(() => gateway.Server.GetSessions()[0].BytesDown == 50 * i * (i + 1));
            time.Advance(TimeSpan.FromMinutes(5));
        }
        IReadOnlyList<TrafficRow> rows = await gateway.Server.FindTrafficAsync(
            new TrafficQuery { Step = TrafficStep.FiveMinutes }, TestContext.Current.CancellationToken);
        Assert.Equal([100, 200, 300], rows.Select(row => row.BytesDown));
        Assert.Equal([1, 0, 0], rows.Select(row => row.Sessions));
        Assert.Single(gateway.Server.GetSessions());
    }

    [Fact]
    public async Task A_stop_keeps_what_its_last_sessions_moved_and_what_moved_without_history_is_not_in_it()
    {
        await using EchoTarget target = new();
        await using (TestGateway gateway = await TestGateway.StartAsync(Config() with { Records = null }))
        {
            await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
            await PassAsync(client, 5000);
            await Wait.UntilAsync(() => gateway.Server.GetSessions()[0].BytesDown == 5000);
            await gateway.Server.ReloadAsync(Config());
            await PassAsync(client, 10);
            await Wait.UntilAsync(() => gateway.Server.GetSessions()[0].BytesDown == 5010);
            await gateway.Server.StopAsync(TimeSpan.Zero);
        }
        TrafficRow row = Assert.Single(TrafficReader.Run(_folder["records.db"], new TrafficQuery(), DateTimeOffset.UtcNow, default));
        Assert.Equal((10L, 10L), (row.BytesUp, row.BytesDown));
    }

    [LinuxFact("127.0.0.0/8 is this host's as a whole")]
    public async Task An_association_counts_its_bytes_at_each_exit_that_took_them_and_as_one_session()
    {
        using UdpSocket first = new(new IPEndPoint(IPAddress.Loopback, 0)), second = new(new IPEndPoint(IPAddress.Loopback, 0));
        ushort port = (ushort)second.LocalEndPoint.Port;
        GatewayConfig config = TunnelPair.ServerConfig(TunnelPair.Inbound()) with
        {
            Exits = [new DirectExitConfig { Name = "wan1" }, new DirectExitConfig { Name = "wan2", Address = IPAddress.Parse("127.0.0.3") }], Default = "wan1",
            Routes = [new RouteConfig { Ports = [new(port, port)], Exit = "wan2" }], Records = new RecordsConfig(_folder["records.db"]),
        };
        await using TestGateway server = await TestGateway.StartAsync(config);
        GatewayConfig client = TunnelPair.ClientConfig(TunnelPair.Exit(server.EndPoint) with { Name = "client" });
        await using ExitSet exits = ExitFactory.Build(client, _transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
        UdpOpenResult opened = await exits.Get("client").OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
        await using IDatagramFlow flow = opened.Flow!;
        await SendAsync(flow, first, 5);
        await SendAsync(flow, second, 70);
        IReadOnlyList<TrafficRow> live = await RowsAsync();
        // A target may have a datagram before it is counted.
        for (; live.Sum(row => row.BytesUp) < 75; live = await RowsAsync()) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal([("wan1", 5L), ("wan2", 70L)], live.Select(row => (row.Exit!, row.BytesUp)));
        Assert.Equal(1, live.Sum(row => row.Sessions));
        await SendAsync(flow, second, 30);
        await flow.DisposeAsync();
        await Wait.UntilAsync(() => server.Server.GetStatus().Sessions == 0);
        IReadOnlyList<TrafficRow> ended = await RowsAsync();
        Assert.Equal([("wan1", 5L), ("wan2", 100L)], ended.Select(row => (row.Exit!, row.BytesUp)));
        Assert.Equal((1L, 0L), (ended.Sum(row => row.Sessions), ended.Sum(row => row.Failed)));

        Task<IReadOnlyList<TrafficRow>> RowsAsync() =>
            server.Server.FindTrafficAsync(new TrafficQuery { By = TrafficFields.Exit }, TestContext.Current.CancellationToken);
    }

    private GatewayConfig Config() => TestGateway.Mixed(null, new UserConfig("alice", new Secret("secret")), new UserConfig("bob", new Secret("secret"))) with
    {
        Exits = [new DirectExitConfig { Name = "wan1" }], Default = "wan1", Routes = [new RouteConfig { Ports = [new(9, 9)], Exit = "block" }],
        Records = new RecordsConfig(_folder["records.db"]),
    };

    private static async Task PassAsync(SocketStream client, int bytes)
    {
        await client.WriteAsync(new byte[bytes]);
        await client.ReadExactlyAsync(new byte[bytes]).AsTask().WaitAsync(TestTransports.Patience);
    }

    private static async Task EchoAsync(TestGateway gateway, IPEndPoint target, string user, int bytes)
    {
        await using SocketStream client = await gateway.ConnectThroughAsync(target, user);
        await PassAsync(client, bytes);
        await client.CompleteWritesAsync(default);
        await TestTransports.ReadToEndAsync(client);
    }

    private static async Task SendAsync(IDatagramFlow flow, UdpSocket target, int bytes)
    {
        Assert.True(await flow.SendAsync(Destination.FromEndPoint(target.LocalEndPoint), new byte[bytes], default));
        await target.ReceiveAsync(new byte[100], default).AsTask().WaitAsync(TestTransports.Patience);
    }

    private static JsonElement[] Rows(string answer) => [.. JsonDocument.Parse(BodyOf(answer)).RootElement.EnumerateArray()];

    private static string BodyOf(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
