using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>A server whose exit leads to one of its own listeners, which no check of the text can find: the port is a free one.</summary>
public sealed class GatewayServerLoopTests
{
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 9);

    public static TheoryData<string, TransportKind> Ways
    {
        get
        {
            TheoryData<string, TransportKind> ways = [];
            foreach (TransportKind kind in TestTransports.All.Select(row => row.Data))
                foreach (string way in (string[])["http", "socks5", "websocket", "group", "tunnel", "ech-tunnel", "ech-tunnel plain"]) ways.Add(way, kind);
            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_request_that_comes_round_ends_with_Loop_as_its_outcome(string way, TransportKind kind)
    {
        using TemporaryFolder folder = new();
        await using TestGateway gateway = await StartAsync(way, kind, folder);
        SocketStream client = await gateway.ConnectAsync();
        await using (client)
        {
            await client.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, .. Nowhere.Address.GetAddressBytes(), 0, 9]);
            byte[] reply = new byte[4];
            await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
            Assert.NotEqual(0, reply[3]);
        }
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Sessions == 0);
        long sessions = gateway.Server.GetStatus().TotalSessions;
        Assert.Equal(OwnConnections.MaxHops + 2, sessions);
        await gateway.DisposeAsync();
        string[] lines = [.. Directory.GetFiles(folder.Path, "access*").SelectMany(File.ReadAllLines)];
        Assert.Equal(sessions, lines.Length);
        Assert.Contains(lines, line => line.Contains(" Loop ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    [InlineData("tunnel")]
    [InlineData("ech-tunnel")]
    [InlineData("ech-tunnel plain")]
    public async Task A_chain_over_listeners_of_its_own_that_ends_is_served(string way)
    {
        using TemporaryFolder folder = new();
        await using EchoTarget target = new();
        await using TestGateway gateway = await StartAsync(way, TransportKind.Automatic, folder);
        GatewayConfig config = gateway.Server.Config;
        // A request that has come through the exit once goes straight out.
        string first = config.Inbounds[0].Name;
        InboundConfig[] inbounds = [.. config.Inbounds.Take(1), .. config.Inbounds.Skip(1).DefaultIfEmpty(Second())];
        config = config with { Inbounds = inbounds, Routes = [new RouteConfig { Inbounds = [first], Exit = config.Default }], Default = "direct" };
        await gateway.Server.ReloadAsync(config);
        IPEndPoint last = gateway.Server.GetStatus().Listeners[^1].EndPoint;
        await gateway.Server.ReloadAsync(config with { Exits = [.. ExitsTo(way, last)] });
        for (int i = 0; i < 2 * OwnConnections.MaxHops; i++)
        {
            await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
            await client.WriteAsync((byte[])[42]);
            byte[] back = new byte[1];
            await client.ReadExactlyAsync(back).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal(42, back[0]);
        }
    }

    [Fact]
    public async Task A_port_that_forwards_to_itself_ends_though_its_clients_say_nothing()
    {
        using TemporaryFolder folder = new();
        ForwardInboundConfig inbound = new() { Name = "port", Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = Destination.FromEndPoint(Nowhere) };
        GatewayConfig config = new() { Inbounds = [inbound], Logging = new LoggingConfig { Access = new(folder["access.log"]) } };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        await gateway.Server.ReloadAsync(config with { Inbounds = [inbound with { Target = Destination.FromEndPoint(gateway.EndPoint) }] });
        await using SocketStream client = await gateway.ConnectAsync();
        byte[] nothing = new byte[1];
        try
        {
            Assert.Equal(0, await client.ReadAsync(nothing).AsTask().WaitAsync(TestTransports.Patience));
        }
        catch (IOException)
        {
            // A reset ends it as well.
        }
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Sessions == 0);
        Assert.InRange(gateway.Server.GetStatus().TotalSessions, 1, OwnConnections.MaxHops + 2);
    }

    // Bound to free ports first, so that the exits can lead to them.
    private static async Task<TestGateway> StartAsync(string way, TransportKind kind, TemporaryFolder folder)
    {
        InboundConfig? behind = way switch
        {
            "tunnel" => TunnelPair.Inbound() with { PrivateDestinationsAllowed = true },
            "ech-tunnel" or "ech-tunnel plain" => EchTunnelPair.Inbound() with { PrivateDestinationsAllowed = true },
            "websocket" => new WebSocketInboundConfig { Name = "ws", Listen = new IPEndPoint(IPAddress.Loopback, 0), PrivateDestinationsAllowed = true },
            _ => null,
        };
        GatewayConfig config = TestGateway.Mixed() with { Logging = new LoggingConfig { Access = new(folder["access.log"]) } };
        if (behind is not null) config = config with { Inbounds = [.. config.Inbounds, behind] };
        TestGateway gateway = await TestGateway.StartAsync(config, kind);
        await gateway.Server.ReloadAsync(config with
        {
            Exits = [.. ExitsTo(way, gateway.Server.GetStatus().Listeners[^1].EndPoint)],
            Groups = way == "group" ? [new GroupConfig { Name = "all", Exits = ["a", "b", "c"], Retries = 2 }] : [],
            Default = way == "group" ? "all" : "me",
        });
        return gateway;
    }

    private static MixedInboundConfig Second() => new() { Name = "second", Listen = new IPEndPoint(IPAddress.Loopback, 0) };

    private static IEnumerable<ExitConfig> ExitsTo(string way, IPEndPoint listener)
    {
        Destination server = Destination.FromEndPoint(listener);
        switch (way)
        {
            case "tunnel":
                yield return TunnelPair.Exit(listener) with { Name = "me" };
                break;
            case "ech-tunnel" or "ech-tunnel plain":
                yield return EchTunnelPair.Exit(listener) with { Name = "me", PlainOnly = way.EndsWith("plain", StringComparison.Ordinal) };
                break;
            case "websocket":
                yield return new WebSocketExitConfig { Name = "me", Server = server };
                break;
            case "group":
                yield return new HttpExitConfig { Name = "a", Server = server };
                yield return new Socks5ExitConfig { Name = "b", Server = server };
                yield return new HttpExitConfig { Name = "c", Server = server };
                break;
            case "socks5":
                yield return new Socks5ExitConfig { Name = "me", Server = server };
                break;
            default:
                yield return new HttpExitConfig { Name = "me", Server = server };
                break;
        }
    }
}
