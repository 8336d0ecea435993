using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Inbounds.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>Which clients are not let in, what they get instead, and the lines of the log.</summary>
public sealed class TunnelHandshakeRefusalTests
{
    public static TheoryData<string, string> Refusals => new()
    {
        { "key", "does not know the key" }, { "version", "another protocol" }, { "late", "its clock differs by 3" }, { "early", "its clock differs by 3" },
        { "absurd", "its clock differs by 92" }, { "method", "not allowed" }, { "unknown method", "BadMethod" }, { "half", "fell silent" },
        { "replay", "replay" },
    };

    [Theory, MemberData(nameof(Refusals))]
    public async Task A_refused_handshake_is_handed_to_the_fallback_and_counted(string what, string logged)
    {
        await using EchoTarget fallback = new();
        using LogFile log = new();
        await using TestGateway server = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds =
            [
                TunnelPair.Inbound() with
                {
                    Fallback = Destination.FromEndPoint(fallback.EndPoint),
                    Methods = [TunnelMethodName.ChaCha20Poly1305],
                },
            ],
            Limits = new LimitsConfig { HandshakeTimeout = 2 * TestTransports.Patience },
            Logging = new LoggingConfig { File = log.Path },
        });
        byte[] hello = what switch
        {
            "key" => RawClient.Hello("another key"),
            "version" => [2, .. RawClient.Hello()[1..]],
            "late" => RawClient.Hello(skew: -320),
            "early" => RawClient.Hello(skew: 320),
            "absurd" => RawClient.Hello(skew: long.MaxValue / 2 * 2 - DateTimeOffset.UtcNow.ToUnixTimeSeconds()),
            "method" => RawClient.Hello(method: 2),
            "unknown method" => RawClient.Hello(method: 77),
            "half" => RawClient.Hello()[..17],
            _ => RawClient.Hello(),
        };
        if (what == "replay")
        {
            Assert.True(await RawClient.IsLetInAsync(server, hello));
            // A reload does not forget it.
            await server.Server.ReloadAsync(server.Server.Config with { Default = "block" });
        }
        await using DuplexStream prober = await RawClient.ConnectAsync(server);
        await prober.WriteAsync(hello);
        byte[] echoed = new byte[hello.Length];
        await prober.ReadExactlyAsync(echoed).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(hello, echoed);
        Assert.Equal(1, server.Server.GetStatus().RefusedHandshakes);
        Assert.True(await RawClient.IsLetInAsync(server, RawClient.Hello()));
        await server.Server.StopAsync(TimeSpan.Zero);
        Assert.Contains(logged, await log.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prober_meets_the_fallback_byte_for_byte()
    {
        using ScriptedOrigin site = new();
        await using TunnelPair pair = await TunnelPair.StartAsync(inbound => inbound with { Fallback = Destination.FromEndPoint(site.EndPoint) });
        string request = "POST /upload HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello";
        string answer = "HTTP/1.1 404 Not Found\r\nServer: any\r\nContent-Length: 4\r\n\r\nnone";
        using TextPeer prober = new(await RawClient.ConnectAsync(pair.Server));
        await prober.SendAsync(request);
        using TextPeer server = await site.AcceptedAsync();
        Assert.Equal(request, await server.ReadAsync(request.Length));
        await server.SendAsync(answer);
        Assert.Equal(answer, await prober.ReadAsync(answer.Length));
        await server.EndAsync();
        Assert.Equal("", await prober.ReadToEndAsync());
    }

    [Fact]
    public async Task Without_a_fallback_the_server_sends_nothing_and_closes()
    {
        ManualTimeProvider time = new();
        DuplexPair pair = new();
        await pair.Left.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
        ProberTrap trap = new(null, time);
        await using PortableTransport transport = new();
        (SocketStream left, SocketStream right) = await TestTransports.ConnectAsync(transport);
        await using (left)
        await using (right)
        {
            await using InboundConnection connection = new("edge", pair.Right, right, privateDestinationsAllowed: true);
            Task serving = trap.ServeAsync(connection, null!, default).AsTask();
            await time.WaitForTimersAsync(1);
            time.Advance(TimeSpan.FromSeconds(1.9));
            Assert.False(serving.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(18.2));
            await serving.WaitAsync(TestTransports.Patience);
        }
        Assert.Equal(0, await pair.Left.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task The_client_reports_that_its_clock_may_be_wrong()
    {
        await using EchoTarget fallback = new();
        await using TunnelPair pair = await TunnelPair.StartAsync(inbound => inbound with { Fallback = Destination.FromEndPoint(fallback.EndPoint) });
        ManualTimeProvider wrong = new(); // 2030
        await using PortableTransport transport = new();
        TunnelExitConfig config = TunnelPair.Exit(pair.Server.EndPoint);
        await using ExitSet exits = ExitFactory.Build(
            TunnelPair.ClientConfig(config), transport, new SystemNameResolver(wrong), wrong);
        DialResult dial = await exits.Get(config.Name).DialAsync(Destination.FromEndPoint(fallback.EndPoint), new DialContext(), default)
            .AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(DialFailure.ProxyAuthenticationFailed, dial.Failure);
        Assert.Contains("clock", dial.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_handshakes_of_one_address_are_cut()
    {
        await using TestGateway server = await TestGateway.StartAsync(TunnelPair.ServerConfig(TunnelPair.Inbound() with { HandshakesPerClient = 1 }));
        const int tries = 40; // on a busy machine more than one comes in while they are made
        int letIn = 0;
        for (int i = 0; i < tries; i++)
        {
            try
            {
                if (await RawClient.IsLetInAsync(server, RawClient.Hello())) letIn++;
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                // Closed before TLS.
            }
        }
        Assert.InRange(letIn, 2, tries - 1);
        Assert.Equal(tries - letIn, server.Server.GetStatus().Rejected);
    }

    [Fact]
    public void The_replay_cache_is_exact_and_bounded()
    {
        ReplayCache cache = new(capacity: 4);
        Assert.True(cache.TryAdd(1, 1000, 1000));
        Assert.False(cache.TryAdd(1, 1000, 1300));
        Assert.True(cache.TryAdd(2, 1000, 1300));
        Assert.True(cache.TryAdd(3, 1590, 1300));
        Assert.True(cache.TryAdd(4, 1300, 1300));
        Assert.False(cache.TryAdd(5, 1300, 1300)); // full
        Assert.Equal(4, cache.Count);
        // The minute of the first two has left the window, those of the others have not.
        Assert.True(cache.TryAdd(5, 1400, 1321));
        Assert.Equal(3, cache.Count);
        Assert.False(cache.TryAdd(3, 1590, 1890));
        Assert.Equal(1, cache.Count);
    }
}
