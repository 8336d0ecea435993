using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Configuration;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Matrix;

/// <summary>The metrics of socks5-websocket-proxy's test plan: success rate, integrity, recovery, switch-over. They are printed as lines that begin with
/// <c>metric:</c>; what is asserted is that nothing is lost and everything comes back, never how fast.</summary>
public sealed class UpstreamMetricsTests(ITestOutputHelper output)
{
    private const int Connections = 100;
    private const int AtATime = 10;
    private const int Length = 64 * 1024;

    private const string Users = ", users: { probe: { password: pw } }";
    private int _intact;

    [Fact]
    public async Task The_metrics_of_the_test_plan_are_met()
    {
        await using EchoTarget target = new();
        IPEndPoint endPoint = OwnEndPoints.Next();
        TestGateway first = await UpstreamAsync(endPoint);
        await using TestGateway second = await UpstreamAsync(OwnEndPoints.Next());
        string exits = Exits(first, "a") + Exits(second, "b");
        await using TestGateway taken = await NearAsync(exits, "{ exits: [ws-a, socks-a, ws-b, socks-b], strategy: round_robin, retries: 3 }");
        await using TestGateway ordered = await NearAsync(exits, "{ exits: [ws-a, ws-b], strategy: failover, retries: 1 }", Users);
        await using TestGateway probed = await NearAsync(
            exits, $"{{ exits: [ws-a, ws-b], strategy: failover, health: {{ target: \"tcp://{target.EndPoint}\", interval: 100ms, fall: 1, rise: 1 }} }}",
            Users);

        int before = await ServeAsync(taken, target.EndPoint);
        List<double> usual = [];
        for (int i = 0; i < 20; i++) usual.Add(await DialAsync(ordered, target.EndPoint, "00"));
        await Wait.UntilAsync(() => StateOf(probed) == ExitHealthState.Up);
        await first.DisposeAsync();
        double switchOver = await DialAsync(ordered, target.EndPoint, "00");
        int after = await ServeAsync(taken, target.EndPoint);
        await Wait.UntilAsync(() => StateOf(probed) == ExitHealthState.Down);
        Assert.Equal("00", await AskAsync(probed, target.EndPoint));

        Stopwatch sinceReturn = Stopwatch.StartNew();
        await using TestGateway returned = await UpstreamAsync(endPoint);
        await Wait.UntilAsync(() => StateOf(probed) == ExitHealthState.Up);
        double back = sinceReturn.Elapsed.TotalMilliseconds;
        Assert.Equal("00", await AskAsync(probed, target.EndPoint));

        usual.Sort();
        double median = usual[usual.Count / 2];
        Report($"connection success rate: {before}/{Connections} with all upstreams, {after}/{Connections} with half of them killed");
        Report($"integrity (SHA-256): {_intact}/{before + after} transfers of {Length / 1024} KiB");
        Report($"switch-over latency: {switchOver - median:0.0} ms more than the usual {median:0.0} ms (median)");
        Report(
            $"recovery time: {switchOver:0.0} ms from the kill to the next connection served, "
            + $"{back:0.0} ms from the upstream's return to its use (probed every 100 ms)");
        Assert.Equal((Connections, Connections, 2 * Connections), (before, after, _intact));
    }

    private void Report(string line) => output.WriteLine($"metric: {line}");

    // How many of the connections were established; each sends and gets back its own bytes.
    private async Task<int> ServeAsync(TestGateway near, IPEndPoint target)
    {
        int established = 0;
        for (int i = 0; i < Connections / AtATime; i++)
            await Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => OneAsync()));
        return established;

        async Task OneAsync()
        {
            await using SocketStream client = await near.ConnectThroughAsync(target);
            Interlocked.Increment(ref established);
            byte[] data = RandomNumberGenerator.GetBytes(Length);
            Task sending = SendAsync(client, data);
            byte[] hash = await MatrixData.HashAsync(client, long.MaxValue).WaitAsync(TestTransports.Patience);
            await sending;
            if (hash.AsSpan().SequenceEqual(SHA256.HashData(data))) Interlocked.Increment(ref _intact);
        }
    }

    private static async Task SendAsync(SocketStream client, byte[] data)
    {
        await client.WriteAsync(data);
        await client.CompleteWritesAsync(default);
    }

    private static async Task<double> DialAsync(TestGateway near, IPEndPoint target, string expected)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Equal(expected, await AskAsync(near, target));
        return watch.Elapsed.TotalMilliseconds;
    }

    private static Task<string> AskAsync(TestGateway near, IPEndPoint target) => FirstClient.AskAsync("socks5", near.EndPoint, "probe", "pw", target.Port);

    private static ExitHealthState StateOf(TestGateway gateway) => gateway.Server.GetExits().Single(exit => exit.Name == "ws-a").Health.State;

    private static Task<TestGateway> UpstreamAsync(IPEndPoint endPoint) => TestGateway.StartAsync(ConfigAssert.Valid($$"""
        inbounds:
          - { name: ws, type: websocket, listen: "{{endPoint}}", private_destinations: allow }
          - { name: socks, type: socks5, listen: "{{OwnEndPoints.Next()}}" }
        """));

    private static string Exits(TestGateway upstream, string name)
    {
        IReadOnlyList<ListenerStatus> listeners = upstream.Server.GetStatus().Listeners;
        return $"  - {{ name: ws-{name}, type: websocket, server: \"ws://{listeners[0].EndPoint}/\" }}\n"
            + $"  - {{ name: socks-{name}, type: socks5, server: \"{listeners[1].EndPoint}\" }}\n";
    }

    private static Task<TestGateway> NearAsync(string exits, string group, string users = "") => TestGateway.StartAsync(ConfigAssert.Valid($$"""
        inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0"{{users}} }]
        exits:
        {{exits}}
        groups: [{ name: upstreams, {{group[1..^1]}} }]
        default: upstreams
        """));
}
