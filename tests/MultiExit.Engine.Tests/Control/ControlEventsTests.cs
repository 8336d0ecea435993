using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Control;

/// <summary>GET /events of the control socket.</summary>
public sealed class ControlEventsTests : IAsyncLifetime
{
    private static readonly GatewayConfig Other = TestGateway.Mixed() with { Exits = [new DirectExitConfig { Name = "wan1" }] };

    private ControlledGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await ControlledGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_client_hears_of_a_change_while_it_listens()
    {
        await using IAsyncEnumerator<ServerEvent> events = _gateway.Client.GetEventsAsync(types: ["config-applied"]).GetAsyncEnumerator();
        Task<bool> next = events.MoveNextAsync().AsTask();
        await Wait.UntilAsync(() => _gateway.Server.Events.Listeners == 1);
        await ReloadAsync(Other);
        Assert.True(await next.WaitAsync(TestTransports.Patience));
        Assert.Equal(("config-applied", "MX1003"), (events.Current.Type, events.Current.Id));
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_the_events_that_it_missed_and_ends_with_the_server()
    {
        await ReloadAsync(Other);
        List<string> types = [];
        await using IAsyncEnumerator<ServerEvent> events = _gateway.Client.GetEventsAsync(after: 0).GetAsyncEnumerator();
        while (types.Count < 2 && await events.MoveNextAsync().AsTask().WaitAsync(TestTransports.Patience)) types.Add(events.Current.Type);
        Assert.Equal(["server-started", "config-applied"], types);
        Task<bool> next = events.MoveNextAsync().AsTask();
        await _gateway.Managed.StopAsync(TimeSpan.Zero).WaitAsync(TestTransports.Patience);
        // The stop itself is told, where the socket is not closed before.
        while (await next.WaitAsync(TestTransports.Patience)) next = events.MoveNextAsync().AsTask();
    }

    [Fact]
    public async Task The_lines_are_those_of_server_sent_events()
    {
        using TextPeer peer = await _gateway.ConnectAsync();
        await peer.SendAsync("GET /events?status=500ms HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 0\r\n\r\n");
        string text = "";
        while (!text.Contains("event: status\n", StringComparison.Ordinal) || !text.Contains("event: server-started\n", StringComparison.Ordinal)
            || !text.EndsWith("\n\n", StringComparison.Ordinal))
            text += await peer.ReadAsync(1);
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n: events\n\n", text,
            StringComparison.Ordinal);
        string status = Assert.Single(text.Split('\n').SkipWhile(line => line != "event: status").Skip(1).Take(1));
        JsonElement state = JsonDocument.Parse(status["data: ".Length..]).RootElement;
        Assert.Equal("running", state.GetProperty("server").GetProperty("state").GetString());
        Assert.Equal("direct", state.GetProperty("exits")[0].GetProperty("name").GetString());
        Assert.Contains("id: 1\nevent: server-started\ndata: {", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("types=exit-gone", "there is no type exit-gone")]
    [InlineData("status=1ms", "the parameter status is at least 500ms")]
    [InlineData("after=x", "expected a whole number")]
    public async Task A_parameter_that_is_not_understood_is_refused(string query, string message)
    {
        string answer = await _gateway.AskAsync("GET", $"/events?{query}");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains(message, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listeners_leave_room_for_others_and_go_with_their_connections()
    {
        List<TextPeer> peers = [];
        try
        {
            for (int i = 0; i < EventResource.MaxListeners; i++)
            {
                peers.Add(await _gateway.ConnectAsync());
                await peers[i].SendAsync("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            await Wait.UntilAsync(() => _gateway.Server.Events.Listeners == EventResource.MaxListeners);
            Assert.StartsWith("HTTP/1.1 503 ", await _gateway.AskAsync("GET", "/events"), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 200 ", await _gateway.AskAsync("GET", "/server"), StringComparison.Ordinal);
        }
        finally
        {
            foreach (TextPeer peer in peers) peer.Dispose();
        }
        await Wait.UntilAsync(() => _gateway.Server.Events.Listeners == 0);
    }

    [Fact]
    public async Task Head_has_the_fields_alone() =>
        Assert.EndsWith("Connection: close\r\n\r\n", await _gateway.AskAsync("HEAD", "/events"), StringComparison.Ordinal);

    private Task ReloadAsync(GatewayConfig config) => _gateway.ReloadAsync(config with { ControlSocket = _gateway.Path });
}
