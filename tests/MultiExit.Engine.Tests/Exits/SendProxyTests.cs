using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

/// <summary>Exits that say in a header of the PROXY protocol whose connection it is.</summary>
public sealed class SendProxyTests
{
    [Fact]
    public async Task A_target_reads_the_client_and_its_own_address_before_all_else()
    {
        using ScriptedProxy target = new();
        await using TestGateway gateway = await StartAsync(new DirectExitConfig { Name = "out", SendProxy = SendProxy.V1 });
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        await client.WriteAsync("hello"u8.ToArray());
        TestClient accepted = await target.AcceptedAsync();
        string expected = $"PROXY TCP4 127.0.0.1 127.0.0.1 {client.LocalEndPoint.Port} {target.EndPoint.Port}\r\nhello";
        Assert.Equal(expected, Encoding.ASCII.GetString(Convert.FromHexString(await accepted.ReadAsync(expected.Length))));
        await accepted.Stream.DisposeAsync();
    }

    [Fact]
    public async Task Version_2_has_the_same_as_bytes()
    {
        using ScriptedProxy target = new();
        await using TestGateway gateway = await StartAsync(new DirectExitConfig { Name = "out", SendProxy = SendProxy.V2 });
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        TestClient accepted = await target.AcceptedAsync();
        Assert.Equal($"0D0A0D0A000D0A515549540A2111000C7F0000017F000001{client.LocalEndPoint.Port:X4}{target.EndPoint.Port:X4}", await accepted.ReadAsync(28));
        await accepted.Stream.DisposeAsync();
    }

    [Fact]
    public async Task The_client_of_a_header_that_came_in_goes_on()
    {
        using ScriptedProxy target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds =
            [
                new MixedInboundConfig
                {
                    Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0), ProxyProtocolFrom = [IPNetwork.Parse("127.0.0.0/8")],
                },
            ],
            Exits = [new DirectExitConfig { Name = "out", SendProxy = SendProxy.V1 }],
            Default = "out",
        });
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])
        [
            .. "PROXY TCP6 2001:db8::7 2001:db8::1 50000 1080\r\n"u8, 5, 1, 0,
            5, 1, 0, 1, 127, 0, 0, 1, (byte)(target.EndPoint.Port >> 8), (byte)target.EndPoint.Port,
        ]);
        TestClient accepted = await target.AcceptedAsync();
        string expected = $"PROXY TCP6 2001:db8::7 ::ffff:7f00:1 50000 {target.EndPoint.Port}\r\n";
        Assert.Equal(expected, Encoding.ASCII.GetString(Convert.FromHexString(await accepted.ReadAsync(expected.Length))));
        await accepted.Stream.DisposeAsync();
    }

    [Theory]
    [InlineData("socks5", "05")]
    [InlineData("http", "434F4E4E454354")] // CONNECT
    [InlineData("websocket", "474554")] // GET
    [InlineData("socks5 with TLS", "16")] // a TLS record
    public async Task A_proxy_reads_the_header_before_TLS_and_its_own_protocol(string type, string then)
    {
        using ScriptedProxy proxy = new();
        Destination server = Destination.FromEndPoint(proxy.EndPoint);
        ExitConfig exit = type switch
        {
            "http" => new HttpExitConfig { Name = "out", Server = server, SendProxy = SendProxy.V2 },
            "websocket" => new WebSocketExitConfig { Name = "out", Server = server, SendProxy = SendProxy.V2 },
            "socks5" => new Socks5ExitConfig { Name = "out", Server = server, SendProxy = SendProxy.V2 },
            _ => new Socks5ExitConfig { Name = "out", Server = server, SendProxy = SendProxy.V2, Tls = new TlsClientConfig() },
        };
        await using TestGateway gateway = await StartAsync(exit);
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, 192, 0, 2, 1, 0, 80]);
        TestClient accepted = await proxy.AcceptedAsync();
        Assert.Equal($"0D0A0D0A000D0A515549540A2111000C7F0000017F000001{client.LocalEndPoint.Port:X4}{proxy.EndPoint.Port:X4}{then}",
            await accepted.ReadAsync(28 + (then.Length / 2)));
        await accepted.Stream.DisposeAsync();
    }

    [Fact]
    public async Task A_probe_says_that_it_is_the_servers_own()
    {
        using ScriptedProxy target = new();
        await using TestGateway gateway = await StartAsync(new DirectExitConfig
        {
            Name = "out", SendProxy = SendProxy.V2, Health = new HealthConfig { Target = HealthTarget.Parse($"tcp://{target.EndPoint}") },
        });
        TestClient accepted = await target.AcceptedAsync();
        Assert.Equal("0D0A0D0A000D0A515549540A20000000", await accepted.ReadAsync(16));
        await accepted.Stream.DisposeAsync();
    }

    [Fact]
    public async Task The_explanation_says_so()
    {
        GatewayConfig config = new()
        {
            Inbounds = [new MixedInboundConfig { Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0) }],
            Exits = [new DirectExitConfig { Name = "out", SendProxy = SendProxy.V2 }],
            Default = "out",
        };
        RouteExplanation told = await ConfigRoutes.ExplainAsync(config, new RouteQuery { Destination = Pools.To("45.0.2.9") });
        Assert.Contains("begins with a PROXY header v2, whose source is the client", told.Reason, StringComparison.Ordinal);
        Assert.Equal("v2", told.Exit.SendProxy);
    }

    private static Task<TestGateway> StartAsync(ExitConfig exit) =>
        TestGateway.StartAsync(TestGateway.Mixed() with { Exits = [exit], Default = exit.Name });
}
