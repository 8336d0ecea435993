using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Kept-alive HTTP connections when a server stops.</summary>
public sealed class GatewayServerDrainTests
{
    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_stop_ends_connections_between_requests(TransportKind kind)
    {
        using ScriptedOrigin origin = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(), kind);
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.SendAsync(Get(origin));
        using TextPeer server = await origin.AcceptedAsync();
        Assert.DoesNotContain("Connection: close", await AnswerAsync(client, server), StringComparison.Ordinal);
        // The connection to the origin rests: it is a session still, and must not hold up the end.
        Assert.Single(gateway.Server.GetSessions());
        await gateway.Server.StopAsync(TimeSpan.FromMinutes(5)).WaitAsync(TestTransports.Patience);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_stop_lets_a_response_end_and_then_closes_the_connection(TransportKind kind)
    {
        using ScriptedOrigin origin = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(), kind);
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.SendAsync(Get(origin));
        using TextPeer server = await origin.AcceptedAsync();
        await server.ReadHeadAsync();
        Task stopping = gateway.Server.StopAsync(TimeSpan.FromMinutes(5));
        await Wait.UntilAsync(() => gateway.Server.GetStatus().State == ServerState.Draining);
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.Contains("Connection: close\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("ok", await client.ReadToEndAsync());
        client.Dispose();
        await stopping.WaitAsync(TestTransports.Patience);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_request_that_crosses_the_end_of_its_connection_meets_no_reset(TransportKind kind)
    {
        using ScriptedOrigin origin = new();
        MixedInboundConfig inbound = new()
        {
            Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0), Http = new HttpOptions { HeadTimeout = TimeSpan.FromSeconds(3) },
        };
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig { Inbounds = [inbound] }, kind);
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.SendAsync(Get(origin));
        using TextPeer server = await origin.AcceptedAsync();
        await AnswerAsync(client, server);
        Assert.Equal("", await client.ReadToEndAsync());
        // The first one would be answered with a reset, behind which the second one cannot be sent.
        await client.SendAsync(Get(origin));
        await client.SendAsync(Get(origin));
        client.Dispose();
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Connections == 0);
    }

    private static string Get(ScriptedOrigin origin) => $"GET http://{origin.EndPoint}/ HTTP/1.1\r\nHost: x\r\n\r\n";

    private static async Task<string> AnswerAsync(TextPeer client, TextPeer server)
    {
        await server.ReadHeadAsync();
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        string head = await client.ReadHeadAsync();
        Assert.Equal("ok", await client.ReadAsync(2));
        return head;
    }
}
