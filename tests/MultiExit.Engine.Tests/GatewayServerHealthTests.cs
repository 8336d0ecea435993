using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Health of a running server's exits, over real sockets.</summary>
public sealed class GatewayServerHealthTests
{
    [Fact]
    public async Task Probes_find_a_dead_exit_and_a_reload_does_not_forget_it()
    {
        await using EchoTarget target = new();
        using ClosedPort closed = new();
        GatewayConfig config = Config($"tcp://{target.EndPoint}", closed);
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        await Wait.UntilAsync(() => Health(gateway, "dead").State == ExitHealthState.Down && Health(gateway, "good").LastProbe is not null);
        Assert.Contains("2 failed probes in a row", Health(gateway, "dead").Reason, StringComparison.Ordinal);
        Assert.Equal((ExitHealthState.Up, "1 of 2 members may be used"), (Health(gateway, "pool").State, Health(gateway, "pool").Reason));
        Assert.Equal(ExitHealthState.NoCheck, Health(gateway, "direct").State);
        Assert.NotNull(gateway.Server.GetExits().Single(exit => exit.Name == "good").Latency);

        DateTimeOffset? since = Health(gateway, "dead").Since;
        await gateway.Server.ReloadAsync(config with { Limits = new LimitsConfig { Connections = 99 } });
        Assert.Equal((ExitHealthState.Down, since), (Health(gateway, "dead").State, Health(gateway, "dead").Since));
        for (int i = 0; i < 4; i++)
        {
            // No retries: each would fail if the dead exit had its turn.
            await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        }
        Assert.Equal(0, gateway.Server.GetExits().Single(exit => exit.Name == "dead").Dials);
    }

    [Fact]
    public async Task An_exit_is_probed_when_asked()
    {
        await using EchoTarget target = new();
        using ClosedPort closed = new();
        await using TestGateway gateway = await TestGateway.StartAsync(Config($"tcp://{target.EndPoint}", closed));
        ExitProbe good = await gateway.Server.ProbeExitAsync("good");
        Assert.True(good.Succeeded);
        Assert.Equal(("good", $"tcp://{target.EndPoint}"), (good.Exit, good.Target));
        Assert.True(good.Duration >= good.ConnectTime);
        gateway.Server.SetExitEnabled("dead", enabled: false);
        ExitProbe dead = await gateway.Server.ProbeExitAsync("dead", timeout: TimeSpan.FromSeconds(20));
        Assert.False(dead.Succeeded);
        Assert.Contains("dead: the proxy 127.0.0.1:", dead.Error, StringComparison.Ordinal);
        Assert.True((await gateway.Server.ProbeExitAsync("direct", $"tcp://{target.EndPoint}")).Succeeded);
        Assert.Equal("block", (await gateway.Server.ProbeExitAsync("block", $"tcp://{target.EndPoint}")).Exit);
        Assert.Contains("has no health target",
            (await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ProbeExitAsync("direct"))).Message, StringComparison.Ordinal);
        Assert.Contains("there is no exit or group",
            (await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ProbeExitAsync("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("the target is no URL",
            (await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ProbeExitAsync("good", "x"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", null)]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 302 Found\r\n\r\n", null)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", "answered 503, not 200 to 399")]
    [InlineData("SSH-2.0-x\r\n\r\n", "faulty status line")]
    [InlineData("", "the connection was closed before an answer")]
    public async Task An_http_target_is_asked_for_its_status(string answer, string? error)
    {
        using ISocketListener listener = new PortableTransport().Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<string> asked = AnswerAsync(listener, answer);
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        ExitProbe probe = await gateway.Server.ProbeExitAsync("direct", $"http://{listener.LocalEndPoint}/health?x=1");
        Assert.StartsWith($"GET /health?x=1 HTTP/1.1\r\nHost: {listener.LocalEndPoint}\r\n",
            await asked.WaitAsync(TestTransports.Patience), StringComparison.Ordinal);
        if (error is null) Assert.Null(probe.Error);
        else Assert.Contains(error, probe.Error, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerAsync(ISocketListener listener, string answer)
    {
        await using SocketStream client = (await listener.AcceptAsync())!;
        byte[] request = new byte[4096];
        int length = 0;
        while (!System.Text.Encoding.ASCII.GetString(request, 0, length).EndsWith("\r\n\r\n", StringComparison.Ordinal))
            length += await client.ReadAsync(request.AsMemory(length));
        await client.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
        return System.Text.Encoding.ASCII.GetString(request, 0, length);
    }

    // "dead" is a proxy whose port has no listener.
    private static GatewayConfig Config(string target, ClosedPort closed) => ConfigLoader.Parse(string.Create(CultureInfo.InvariantCulture, $$"""
        inbounds: [{ name: proxy, type: mixed, listen: "127.0.0.1:0" }]
        exits:
          - { name: good, type: direct }
          - { name: dead, type: socks5, server: "{{closed.EndPoint}}" }
        groups: [{ name: pool, exits: [dead, good], health: { target: "{{target}}", interval: 1s, fall: 2 } }]
        default: pool
        """)).Config!;

    private static ExitHealthStatus Health(TestGateway gateway, string name) => gateway.Server.GetExits().Single(exit => exit.Name == name).Health;
}
