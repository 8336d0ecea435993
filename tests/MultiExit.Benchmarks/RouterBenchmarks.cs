using System.Net;
using BenchmarkDotNet.Attributes;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Benchmarks;

/// <summary>The choice of an exit by 20 rules of which the last one matches, beside no rule at all.</summary>
[MemoryDiagnoser]
public class RouterBenchmarks
{
    private readonly PortableTransport _transport = new();
    private readonly RequestInfo _request = new()
    {
        Inbound = "in", Client = new IPEndPoint(IPAddress.Loopback, 1), Local = new IPEndPoint(IPAddress.Loopback, 2),
        Destination = Destination.TryFromHost("www.shop.example.com", 443, out Destination? shop) ? shop : throw new InvalidOperationException(),
    };
    private Router _none = null!;
    private Router _ports = null!;
    private Router _domains = null!;
    private Router _nested = null!;

    [GlobalSetup]
    public void Start()
    {
        RouteConfig last = new() { Ports = [new(443, 443)], Action = RouteAction.Deny };
        RouteConfig[] Before(Func<int, RouteConfig> rule) => [.. Enumerable.Range(0, 19).Select(rule), last];
        _none = Build();
        _ports = Build(Before(i => new RouteConfig { Ports = [new((ushort)i, (ushort)i)], Action = RouteAction.Deny }));
        _domains = Build(Before(i => new RouteConfig { Domains = [$".shop{i}.example.com"], Action = RouteAction.Deny }));
        _nested = Build(Before(i => new RouteConfig
        {
            Any = [new RouteConditions { Ports = [new((ushort)i, (ushort)i)] }, new RouteConditions { DomainKeyword = [$"keyword{i}"] }],
            Not = new RouteConditions { Clients = [IPNetwork.Parse("10.0.0.0/8")] },
            Action = RouteAction.Deny,
        }));
    }

    [Benchmark(Baseline = true)]
    public async ValueTask<bool> NoRules() => (await _none.SelectAsync(_request, default)).RuleIndex is not null;

    [Benchmark]
    public async ValueTask<bool> Ports() => (await _ports.SelectAsync(_request, default)).RuleIndex is not null;

    [Benchmark]
    public async ValueTask<bool> Domains() => (await _domains.SelectAsync(_request, default)).RuleIndex is not null;

    [Benchmark]
    public async ValueTask<bool> Nested() => (await _nested.SelectAsync(_request, default)).RuleIndex is not null;

    [GlobalCleanup]
    public async Task EndAsync() => await _transport.DisposeAsync();

    private Router Build(params RouteConfig[] routes)
    {
        GatewayConfig config = new() { Routes = routes };
        SystemNameResolver resolver = new(TimeProvider.System);
        return new Router(config, ExitFactory.Build(config, _transport, resolver, TimeProvider.System), resolver, TimeProvider.System);
    }
}
