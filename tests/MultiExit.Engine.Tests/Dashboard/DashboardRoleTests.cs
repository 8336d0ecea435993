using System.Text.Json;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Dashboard;

/// <summary>What readers and operators may do.</summary>
public sealed class DashboardRoleTests : IAsyncLifetime
{
    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_reader_sees_everything_and_changes_nothing()
    {
        string rita = await _host.LogInAsync("rita", "rd") + DashboardHost.Mark;
        foreach (string path in "server sessions users locked exits exits/direct config config/status versions log metrics".Split(' '))
            Assert.StartsWith("HTTP/1.1 200 ", await _host.AskAsync($"GET /api/{path}", rita), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", await _host.AskAsync("HEAD /api/server", rita), StringComparison.Ordinal);
        foreach (string line in new[]
        {
            "POST /api/exits/direct/disable", "POST /api/exits/direct/enable", "POST /api/exits/direct/weight", "POST /api/exits/direct/probe",
            "DELETE /api/sessions/1", "POST /api/unlock", "POST /api/config/confirm", "POST /api/versions/1/restore", "POST /api/stop", "POST /api/reload",
            "PUT /api/config", "PATCH /api/config",
        })
            Assert.Contains("OperatorNeeded", await _host.AskAsync(line, rita), StringComparison.Ordinal);
        Assert.True(_host.Server.Gateway.GetExits()[0].Enabled);
        Assert.Equal(ServerState.Running, _host.Server.GetStatus().State);
    }

    [Fact]
    public async Task The_token_of_readers_reads_and_changes_nothing()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(
            DashboardHost.Config with { ReadToken = new Engine.Configuration.Secret("seen-token") });
        const string Reader = "Authorization: Bearer seen-token\r\n";
        Assert.Contains("\"role\": \"reader\"", await host.AskAsync("GET /api/access", Reader), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("GET /api/server", Reader), StringComparison.Ordinal);
        Assert.Contains("OperatorNeeded", await host.AskAsync("POST /api/exits/direct/disable", Reader), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await host.AskAsync("POST /api/exits/direct/disable", DashboardHost.Bearer), StringComparison.Ordinal);
        await host.ReloadAsync(DashboardHost.Config);
        Assert.StartsWith("HTTP/1.1 401 ", await host.AskAsync("GET /api/server", Reader), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_does_what_can_be_undone_and_nothing_else()
    {
        string olga = await _host.LogInAsync("olga", "op") + DashboardHost.Mark;
        Assert.Contains("\"sessions_cut\": 0", await _host.AskAsync("POST /api/exits/direct/disable", olga), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await _host.AskAsync("POST /api/exits/direct/enable", olga), StringComparison.Ordinal);
        Assert.Contains("\"weight\": 7", await _host.AskAsync("POST /api/exits/direct/weight", olga, "{\"weight\":7}"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", await _host.AskAsync("DELETE /api/sessions/99", olga), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await _host.AskAsync("POST /api/unlock", olga), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 409 ", await _host.AskAsync("POST /api/config/confirm", olga), StringComparison.Ordinal);
        foreach (string line in new[]
        {
            "POST /api/stop", "POST /api/reload", "PUT /api/config", "PATCH /api/config", "POST /api/config/check", "POST /api/%73top", "POST /api//stop",
            "DELETE /api/config", "POST /api/x",
        })
            Assert.Contains("NotFromHere", await _host.AskAsync(line, olga), StringComparison.Ordinal);
        Assert.Equal(ServerState.Running, _host.Server.GetStatus().State);
    }

    [Fact]
    public async Task The_log_has_who_did_it()
    {
        string olga = await _host.LogInAsync("olga", "op") + DashboardHost.Mark;
        await _host.AskAsync("POST /api/exits/direct/disable", olga);
        await _host.AskAsync("POST /api/exits/direct/enable", DashboardHost.Bearer);
        string[] logged = _host.Logged("MX1042");
        Assert.Contains("dashboard: olga POST /exits/direct/disable", logged[0], StringComparison.Ordinal);
        Assert.Contains("dashboard: token POST /exits/direct/enable", logged[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_through_the_proxy_is_found_and_cut()
    {
        await using EchoTarget target = new();
        TestGateway gateway = new(_host.Server.Gateway, Transports.Create(TransportKind.Portable));
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        string olga = await _host.LogInAsync("olga", "op") + DashboardHost.Mark;
        JsonElement session = Assert.Single(Body(await _host.AskAsync($"GET /api/sessions?match=:{target.EndPoint.Port}&limit=5", olga)).EnumerateArray());
        Assert.Empty(Body(await _host.AskAsync("GET /api/sessions?match=nobody", olga)).EnumerateArray());
        Assert.StartsWith("HTTP/1.1 204 ", await _host.AskAsync($"DELETE /api/sessions/{session.GetProperty("id")}", olga), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(async () => await client.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task Events_come_with_the_state_between_them()
    {
        string rita = await _host.LogInAsync("rita", "rd");
        using TextPeer peer = new(await DashboardHost.ConnectAsync(_host.EndPoint));
        await peer.SendAsync($"GET /api/events?status=500ms&after=0 HTTP/1.1\r\nHost: localhost\r\n{rita}\r\n");
        string text = await peer.ReadHeadAsync();
        Assert.Contains("\r\nContent-Type: text/event-stream\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Security-Policy: ", text, StringComparison.Ordinal);
        while (!text.Contains("event: server-started\n", StringComparison.Ordinal) || !text.Contains("event: status\n", StringComparison.Ordinal))
            text += await peer.ReadAsync(1);
    }

    private static JsonElement Body(string answer) =>
        JsonDocument.Parse(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]).RootElement;
}
