using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Control;

/// <summary>Metrics over HTTP: the listener for scrapers and the control socket.</summary>
public sealed class MetricsListenerTests
{
    private static readonly IPEndPoint Free = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task It_answers_GET_and_HEAD_for_metrics_and_nothing_else()
    {
        await using ManagedServer server = await StartAsync(Free);
        string answer = await AskAsync(server, "GET /metrics");
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\n# EOF\n", answer, StringComparison.Ordinal);
        Assert.Contains("\nmultiexit_exit_up{exit=\"direct\"} 1\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", await AskAsync(server, "HEAD /metrics"), StringComparison.Ordinal);
        Assert.Contains("version=0.0.4", await AskAsync(server, "GET /metrics", "Accept: text/plain\r\n"), StringComparison.Ordinal);
        foreach (string other in new[] { "GET /", "GET /server", "GET /metrics/x", "GET /config" })
            Assert.StartsWith("HTTP/1.1 404 ", await AskAsync(server, other), StringComparison.Ordinal);
        foreach (string other in new[] { "POST /metrics", "DELETE /metrics", "PUT /metrics" })
            Assert.StartsWith("HTTP/1.1 405 ", await AskAsync(server, other), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", await AskAsync(server, "POST /stop"), StringComparison.Ordinal);
        Assert.Equal(ServerState.Running, server.GetStatus().State);
    }

    [UnixFact]
    public async Task The_control_socket_gives_the_same_as_text_and_as_objects()
    {
        await using ControlledGateway gateway = await ControlledGateway.StartAsync();
        Assert.Contains("\nmultiexit_build_info{server=\"multiexit\",version=\"", await gateway.AskAsync("GET", "/metrics"), StringComparison.Ordinal);
        IReadOnlyList<MetricStatus> metrics = await gateway.Client.GetMetricsAsync();
        MetricStatus up = metrics.Single(metric => metric.Name == "multiexit.exit.up");
        Assert.Equal((MetricType.Gauge, "{exit}"), (up.Type, up.Unit));
        Assert.Equal(["block", "direct"], up.Points.Select(point => point.Labels["exit"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_reload_turns_it_on_moves_it_and_turns_it_off()
    {
        await using ManagedServer server = await StartAsync(null);
        Assert.Null(server.MetricsEndPoint);
        await ReloadAsync(server, Free);
        IPEndPoint first = server.MetricsEndPoint!;
        Assert.Contains("# EOF", await AskAsync(server, "GET /metrics"), StringComparison.Ordinal);
        await ReloadAsync(server, Free);
        Assert.Equal(first, server.MetricsEndPoint);
        IPEndPoint second = OwnEndPoints.Next();
        await ReloadAsync(server, second);
        Assert.Contains("# EOF", await AskAsync(server, "GET /metrics"), StringComparison.Ordinal);
        await ReloadAsync(server, null);
        Assert.Null(server.MetricsEndPoint);
        await Assert.ThrowsAsync<SocketException>(async () => await ConnectAsync(second));
    }

    [LinuxFact("ports shared by listeners of one process")]
    public async Task A_reload_moves_it_to_all_addresses_of_its_port_and_warns()
    {
        int port = OwnEndPoints.NextPort();
        await using ManagedServer server = await StartAsync(new IPEndPoint(IPAddress.Loopback, port));
        await ReloadAsync(server, new IPEndPoint(IPAddress.Any, port));
        Assert.Contains("# EOF", await AskAsync(server, "GET /metrics"), StringComparison.Ordinal);
        Assert.Equal("MX1027", Assert.Single(server.Gateway.GetWarnings()).Id);
    }

    [Fact]
    public async Task A_port_that_is_taken_fails_the_start_and_the_reload()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(Free);
        taken.Listen();
        IPEndPoint endPoint = (IPEndPoint)taken.LocalEndPoint!;
        Assert.Equal(ProxyError.AddressInUse, (await Assert.ThrowsAsync<ProxyException>(() => StartAsync(endPoint))).Reason);
        await using ManagedServer server = await StartAsync(Free);
        Assert.Equal(ProxyError.AddressInUse, (await Assert.ThrowsAsync<ProxyException>(() => ReloadAsync(server, endPoint))).Reason);
        Assert.Contains("# EOF", await AskAsync(server, "GET /metrics"), StringComparison.Ordinal);
        Assert.Equal(1, server.Gateway.GetMetrics().Single(metric => metric.Name == "multiexit.config.refused").Points[0].Value);
    }

    [Fact]
    public async Task Scrapers_that_hang_are_cut_and_others_are_served()
    {
        ManualTimeProvider time = new();
        await using ManagedServer server = await StartAsync(Free, new GatewayOptions { Time = time });
        List<SocketStream> hanging = [];
        for (int i = 0; i < 16; i++)
        {
            SocketStream stream = await ConnectAsync(server.MetricsEndPoint!);
            await stream.WriteAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            await stream.ReadExactlyAsync(new byte[12]).AsTask().WaitAsync(TestTransports.Patience);
            hanging.Add(stream);
        }
        Assert.StartsWith("HTTP/1.1 503 ", await AskAsync(server, "GET /metrics"), StringComparison.Ordinal);
        await Wait.UntilAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            return (await AskAsync(server, "GET /metrics")).Contains("# EOF", StringComparison.Ordinal);
        });
        foreach (SocketStream stream in hanging) await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_scraper_that_asks_and_does_not_read_is_cut()
    {
        ManualTimeProvider time = new();
        await using ManagedServer server = await StartAsync(Free, new GatewayOptions { Time = time });
        await using SocketStream deaf = await ConnectAsync(server.MetricsEndPoint!);
        // More answers than the buffers of both sides take.
        byte[] requests = [.. Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), 3000).SelectMany(request => request)];
        await deaf.WriteAsync(requests).AsTask().WaitAsync(TestTransports.Patience);
        await Wait.UntilAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(11));
            try
            {
                await deaf.WriteAsync("G"u8.ToArray()).AsTask().WaitAsync(TestTransports.Patience);
                return false;
            }
            catch (IOException)
            {
                return true; // reset
            }
        });
        Assert.Contains("# EOF", await AskAsync(server, "GET /metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_that_this_host_cannot_make_is_warned_of()
    {
        GatewayConfig config = TestGateway.Mixed() with { Metrics = new MetricsConfig { Otlp = new OtlpConfig(new Uri("http://127.0.0.1:4318")) } };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        Assert.Equal("MX1028", Assert.Single(gateway.Server.GetWarnings()).Id);
    }

    private static Task<ManagedServer> StartAsync(IPEndPoint? listen, GatewayOptions? options = null) =>
        ControlledGateway.StartServerAsync(Config(listen), options);

    private static Task ReloadAsync(ManagedServer server, IPEndPoint? listen) => server.ApplyAsync(ControlledGateway.Read(Config(listen)));

    private static GatewayConfig Config(IPEndPoint? listen) => TestGateway.Mixed() with { Metrics = new MetricsConfig { Listen = listen } };

    private static async Task<SocketStream> ConnectAsync(IPEndPoint endPoint)
    {
        await using PortableTransport transport = new();
        return await transport.ConnectAsync(endPoint, default, default).AsTask().WaitAsync(TestTransports.Patience);
    }

    private static async Task<string> AskAsync(ManagedServer server, string line, string fields = "")
    {
        IPEndPoint endPoint = server.MetricsEndPoint!;
        if (endPoint.Address.Equals(IPAddress.Any)) endPoint = new IPEndPoint(IPAddress.Loopback, endPoint.Port);
        using TextPeer peer = new(await ConnectAsync(endPoint));
        await peer.SendAsync($"{line} HTTP/1.1\r\nHost: localhost\r\n{fields}Connection: close\r\n\r\n");
        return await peer.ReadToEndAsync();
    }
}
