using System.Net;
using BenchmarkDotNet.Attributes;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Benchmarks;

/// <summary>What a forwarded connection costs beside one without a proxy: the ratio column is the answer.</summary>
[MemoryDiagnoser]
public class RelayBenchmarks
{
    private const int StreamBytes = 64 << 20;
    private LoopbackPeer _target = null!;
    private GatewayServer _reactor = null!;
    private GatewayServer _portable = null!;
    private LoopbackPeer _direct = null!;
    private LoopbackPeer _throughReactor = null!;
    private LoopbackPeer _throughPortable = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        _target = LoopbackPeer.Echo();
        _reactor = await ForwardAsync(TransportKind.Automatic);
        _portable = await ForwardAsync(TransportKind.Portable);
        _direct = await LoopbackPeer.ConnectAsync(_target.EndPoint);
        _throughReactor = await LoopbackPeer.ConnectAsync(_reactor.GetStatus().Listeners[0].EndPoint);
        _throughPortable = await LoopbackPeer.ConnectAsync(_portable.GetStatus().Listeners[0].EndPoint);
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        _direct.Dispose();
        _throughReactor.Dispose();
        _throughPortable.Dispose();
        await _reactor.DisposeAsync();
        await _portable.DisposeAsync();
        _target.Dispose();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("round trip")]
    public Task RoundTripDirect() => _direct.RoundTripAsync(64);

    [Benchmark, BenchmarkCategory("round trip")]
    public Task RoundTripReactor() => _throughReactor.RoundTripAsync(64);

    [Benchmark, BenchmarkCategory("round trip")]
    public Task RoundTripPortable() => _throughPortable.RoundTripAsync(64);

    [Benchmark, BenchmarkCategory("stream")]
    public Task StreamDirect() => _direct.StreamAsync(StreamBytes);

    [Benchmark, BenchmarkCategory("stream")]
    public Task StreamReactor() => _throughReactor.StreamAsync(StreamBytes);

    [Benchmark, BenchmarkCategory("stream")]
    public Task StreamPortable() => _throughPortable.StreamAsync(StreamBytes);

    private Task<GatewayServer> ForwardAsync(TransportKind kind) => GatewayServer.StartAsync(
        new GatewayConfig
        {
            Inbounds =
            [
                new ForwardInboundConfig
                {
                    Name = "forward",
                    Listen = new IPEndPoint(IPAddress.Loopback, 0),
                    Target = Destination.FromEndPoint(_target.EndPoint),
                },
            ],
        },
        new GatewayOptions { Transport = kind });
}
