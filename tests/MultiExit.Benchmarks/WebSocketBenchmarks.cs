using System.Net;
using BenchmarkDotNet.Attributes;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;

namespace MultiExit.Benchmarks;

/// <summary>What a WebSocket between two servers costs beside a plain connection between the same two: the ratio column is the answer.</summary>
[MemoryDiagnoser]
public class WebSocketBenchmarks
{
    private const int StreamBytes = 64 << 20;
    private readonly List<GatewayServer> _servers = [];
    private LoopbackPeer _target = null!;
    private LoopbackPeer _plain = null!;
    private LoopbackPeer _webSocket = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        _target = LoopbackPeer.Echo();
        IPEndPoint near = await StartAsync(Forward(_target.EndPoint), null);
        _plain = await LoopbackPeer.ConnectAsync(await StartAsync(Forward(near), null));
        IPEndPoint server = await StartAsync(new WebSocketInboundConfig { Name = "ws", Listen = AnyPort, PrivateDestinationsAllowed = true }, null);
        WebSocketExitConfig exit = new() { Name = "up", Server = Destination.FromEndPoint(server) };
        _webSocket = await LoopbackPeer.ConnectAsync(await StartAsync(Forward(_target.EndPoint), exit));
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        _plain.Dispose();
        _webSocket.Dispose();
        foreach (GatewayServer server in _servers) await server.DisposeAsync();
        _target.Dispose();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("stream")]
    public Task StreamPlain() => _plain.StreamAsync(StreamBytes);

    [Benchmark, BenchmarkCategory("stream")]
    public Task StreamWebSocket() => _webSocket.StreamAsync(StreamBytes);

    [Benchmark, BenchmarkCategory("round trip")]
    public Task RoundTripPlain() => _plain.RoundTripAsync(64);

    [Benchmark, BenchmarkCategory("round trip")]
    public Task RoundTripWebSocket() => _webSocket.RoundTripAsync(64);

    private static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    private static ForwardInboundConfig Forward(IPEndPoint target) =>
        new() { Name = "forward", Listen = AnyPort, Target = Destination.FromEndPoint(target) };

    private async Task<IPEndPoint> StartAsync(InboundConfig inbound, WebSocketExitConfig? exit)
    {
        GatewayServer server = await GatewayServer.StartAsync(
            new GatewayConfig { Inbounds = [inbound], Exits = exit is null ? [] : [exit], Default = exit?.Name ?? "direct" }, new GatewayOptions());
        _servers.Add(server);
        return server.GetStatus().Listeners[0].EndPoint;
    }
}
