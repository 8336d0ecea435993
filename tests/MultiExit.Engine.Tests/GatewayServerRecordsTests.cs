using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Records;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Sessions that have ended are found in the record store of their server.</summary>
public sealed class GatewayServerRecordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [LinuxFact("127.0.0.0/8 is this host's as a whole")]
    public async Task Who_left_from_an_address_and_port_is_answered_over_the_control_socket_within_two_seconds()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Config("run/records.db"));
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        EndPoint left, client;
        await using (SocketStream stream = await gateway.Gateway.ConnectThroughAsync((IPEndPoint)target.LocalEndpoint))
        {
            using Socket reached = await target.AcceptSocketAsync();
            left = reached.RemoteEndPoint!;
            client = Assert.Single(gateway.Server.GetSessions()).Client;
        }
        string at = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        string body = "[]";
        await using UnpausedClock clock = new();
        await Wait.UntilAsync(async () => (body = BodyOf(await gateway.AskAsync("GET", $"/records?source={left}&at={at}&within=1m"))).Trim() != "[]");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        JsonElement record = Assert.Single(JsonDocument.Parse(body).RootElement.EnumerateArray());
        Assert.Equal(left.ToString(), record.GetProperty("source").GetString());
        Assert.Equal(client.ToString(), record.GetProperty("client").GetString());
        string[] names = ["id", "started", "ended", "inbound", "protocol", "client", "user", "destination", "resolved", "rule", "group", "exit", "attempts",
            "source", "peer", "bytes_up", "bytes_down", "dial_ms", "first_byte_ms", "outcome"];
        Assert.All(names, name => Assert.True(record.TryGetProperty(name, out _), name));
        Assert.Equal("[]", BodyOf(await gateway.AskAsync("GET", $"/records?source={left}&at=2020-01-01T00:00:00Z")).Trim());
        Assert.Equal("wan1", Assert.Single((await gateway.Client.FindRecordsAsync(new RecordQuery { Source = (IPEndPoint)left })).Records).Exit);
    }

    [UnixFact]
    public async Task Pages_of_the_control_socket_have_together_what_one_would_have()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Config("records.db"));
        await using EchoTarget target = new();
        for (int i = 0; i < 5; i++) await (await gateway.Gateway.ConnectThroughAsync(target.EndPoint)).DisposeAsync();
        await Wait.UntilAsync(async () => (await gateway.Client.FindRecordsAsync(new RecordQuery())).Records.Count == 5);
        List<long> found = [];
        RecordQuery query = new() { Limit = 2, Exit = "wan1", Since = DateTimeOffset.UtcNow.AddHours(-1), Destination = "127.0.0.1" };
        for (RecordQuery? next = query; next is not null;)
        {
            RecordPage page = await gateway.Client.FindRecordsAsync(next);
            found.AddRange(page.Records.Select(record => record.Id));
            next = page.Next is { } before ? query with { Before = before } : null;
        }
        Assert.Equal((await gateway.Client.FindRecordsAsync(new RecordQuery())).Records.Select(record => record.Id), found);
        Assert.Equal(5, found.Count);
        Assert.Contains("; rel=\"next\"", await gateway.AskAsync("GET", "/records?limit=2"), StringComparison.Ordinal);
    }

    [LinuxTheory("control sockets")]
    [InlineData("source=example.com:80", "expected an address, with its port or without")]
    [InlineData("at=yesterday", "expected a time such as")]
    [InlineData("within=1m", "of no use without at")]
    [InlineData("outcome=fine", "expected one of ok, client-reset")]
    [InlineData("limit=10001", "expected a whole number from 1 to 10000")]
    [InlineData("limit=0", "expected a whole number from 1 to 10000")]
    [InlineData("name=a", "there is no parameter name; there are source, at, within, user, destination, exit, outcome, since, until, limit")]
    public async Task A_question_that_is_not_understood_is_answered_with_what_is_expected(string query, string expected)
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync(Config("records.db"));
        string answer = await gateway.AskAsync("GET", "/records?" + query);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_server_without_records_says_so()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        string answer = await gateway.AskAsync("GET", "/records");
        Assert.StartsWith("HTTP/1.1 409", answer, StringComparison.Ordinal);
        Assert.Contains("keeps no records", answer, StringComparison.Ordinal);
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => gateway.Client.FindRecordsAsync(new RecordQuery()));
        Assert.Equal(ProxyError.ServerState, refused.Reason);
    }

    [Fact]
    public async Task A_reload_turns_records_on_and_off_and_moves_them()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config(null));
        foreach (string name in new[] { "a/one.db", "two.db" })
        {
            await gateway.Server.ReloadAsync(Config(name));
            await (await gateway.ConnectThroughAsync(target.EndPoint)).DisposeAsync();
            await Wait.UntilAsync(async () => (await gateway.Server.FindRecordsAsync(new RecordQuery())).Records.Count == 1);
        }
        await gateway.Server.ReloadAsync(Config(null));
        await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.FindRecordsAsync(new RecordQuery()));
        await gateway.Server.ReloadAsync(Config("a/one.db"));
        Assert.Single((await gateway.Server.FindRecordsAsync(new RecordQuery())).Records);
        Assert.Empty(gateway.Server.GetWarnings());
    }

    [Fact]
    public async Task A_stop_writes_the_sessions_that_it_cuts()
    {
        await using EchoTarget target = new();
        await using (TestGateway gateway = await TestGateway.StartAsync(Config("records.db")))
        {
            await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
            await gateway.Server.StopAsync(TimeSpan.Zero);
        }
        RecordArchive archive = new(new RecordsConfig(_folder["records.db"]), file => Assert.Fail(file));
        Assert.Equal(SessionOutcome.Drain, Assert.Single((await archive.FindAsync(new RecordQuery(), TestContext.Current.CancellationToken)).Records).Outcome);
    }

    [Fact]
    public async Task Two_servers_have_no_record_store_in_common()
    {
        await using GatewayServer first = await GatewayServer.StartAsync(Config("records.db"));
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => GatewayServer.StartAsync(Config("records.db")));
        Assert.Contains($"records.path: {_folder["records.db"]} is in use by another server", refused.Message, StringComparison.Ordinal);
        await first.ReloadAsync(Config(null));
        await using GatewayServer second = await GatewayServer.StartAsync(Config("records.db"));
    }

    [LinuxFact("/proc is no place for folders")]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        GatewayConfig config = Config(null) with { Records = new RecordsConfig("/proc/nowhere/records.db") };
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => GatewayServer.StartAsync(config));
        Assert.StartsWith("records.path: the folder /proc/nowhere cannot be made", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_request_has_a_record_too()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(Config("records.db") with { Default = "block" });
        await Assert.ThrowsAnyAsync<Exception>(() => gateway.ConnectThroughAsync(new IPEndPoint(IPAddress.Loopback, 9)));
        await Wait.UntilAsync(async () => (await gateway.Server.FindRecordsAsync(new RecordQuery { Outcome = SessionOutcome.NotAllowed })).Records.Count == 1);
    }

    public void Dispose() => _folder.Dispose();

    private GatewayConfig Config(string? records) => TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "wan1", Address = OperatingSystem.IsLinux() ? IPAddress.Parse("127.0.0.3") : null }], Default = "wan1",
        Records = records is null ? null : new RecordsConfig(_folder[records]),
    };

    private static string BodyOf(string answer) => answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
}
