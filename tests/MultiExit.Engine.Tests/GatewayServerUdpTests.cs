using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.Tunnel;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>The promises of UDP associations, whatever protocol the inbound speaks.</summary>
public sealed class GatewayServerUdpTests
{
    private static readonly IPEndPoint Any = new(IPAddress.Loopback, 0);

    public static TheoryData<string> Inbounds => ["socks5", "tunnel", "ech-tunnel", "ech-tunnel plain"];

    [Theory, MemberData(nameof(Inbounds))]
    public async Task A_destination_that_hangs_stalls_no_other(string inbound)
    {
        await using PortableTransport transport = new();
        using ISocketListener hole = transport.Listen(Any); // takes connections, never answers
        using UdpSocket echo = new(Any);
        ExitConfig dead = new Socks5ExitConfig { Name = "dead", Server = Destination.FromEndPoint(hole.LocalEndPoint) };
        await using TestGateway server = await StartAsync(inbound, dead, new RouteConfig { Ports = [new PortRange(53, 53)], Exit = "dead" });
        await using ExitSet exits = Client(inbound, server, transport);
        UdpOpenResult opened = await OpenAsync(exits);
        Assert.True(opened.Succeeded, opened.Detail);
        await using IDatagramFlow flow = opened.Flow!;
        for (int i = 0; i < 5; i++) await flow.SendAsync(Destination.FromAddress(IPAddress.Parse($"127.0.0.{i + 1}"), 53), new byte[1], default);
        await flow.SendAsync(Destination.FromEndPoint(echo.LocalEndPoint), new byte[] { 1, 2, 3 }, default);
        (int length, _) = await echo.ReceiveAsync(new byte[10], default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(3, length);
    }

    // Before anything is sent. The plain format of the ECH tunnel cannot carry a reason.
    [Theory]
    [InlineData("socks5", "refuses", nameof(DialFailure.CommandNotSupported))]
    [InlineData("tunnel", "refuses", nameof(DialFailure.CommandNotSupported))]
    [InlineData("ech-tunnel", "refuses", nameof(DialFailure.CommandNotSupported))]
    [InlineData("socks5", "unreachable", nameof(DialFailure.General))]
    [InlineData("tunnel", "unreachable", nameof(DialFailure.General))]
    [InlineData("ech-tunnel", "unreachable", nameof(DialFailure.General))]
    public async Task An_exit_that_carries_no_datagrams_is_told_before_one_is_sent(string inbound, string exit, string failure)
    {
        await using PortableTransport transport = new();
        using ClosedPort closed = new();
        Destination nobody = Destination.FromEndPoint(closed.EndPoint);
        ExitConfig config = exit == "refuses"
            ? new Socks5ExitConfig { Name = "out", Server = nobody, Tls = new TlsClientConfig() }
            : new EchTunnelExitConfig { Name = "out", Server = nobody, Path = "/tunnel" };
        await using TestGateway server = await StartAsync(inbound, config);
        await using ExitSet exits = Client(inbound, server, transport);
        UdpOpenResult opened = await OpenAsync(exits);
        Assert.Equal(Enum.Parse<DialFailure>(failure), opened.Failure);
        Assert.Equal(1, server.Server.GetStatus().Failed);
    }

    [Fact]
    public async Task A_deployed_ech_tunnel_client_is_told_too()
    {
        using ClosedPort closed = new();
        EchTunnelExitConfig exit = new() { Name = "out", Server = Destination.FromEndPoint(closed.EndPoint), Path = "/tunnel" };
        await using TestGateway server = await StartAsync("ech-tunnel", exit);
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = Guid.NewGuid().ToString();
        await client.SendTextAsync($"UDP_CONNECT:{id}|127.0.0.1:9");
        Assert.StartsWith($"TUDP_ERROR:{id}|", await client.ReceiveAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_destinations_choose_it_is_counted_for_each_datagram()
    {
        await using PortableTransport transport = new();
        using ClosedPort closed = new();
        ExitConfig config = new Socks5ExitConfig { Name = "out", Server = Destination.FromEndPoint(closed.EndPoint), Tls = new TlsClientConfig() };
        await using TestGateway server = await StartAsync("socks5", config, new RouteConfig { Ports = [new PortRange(53, 53)], Exit = "out" });
        await using ExitSet exits = Client("socks5", server, transport);
        UdpOpenResult opened = await OpenAsync(exits);
        Assert.True(opened.Succeeded, opened.Detail);
        await using IDatagramFlow flow = opened.Flow!;
        for (int i = 0; i < 3; i++) await flow.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default);
        await Wait.UntilAsync(() => server.Server.GetStatus().DroppedDatagrams == 3);
    }

    // By the rule, or otherwise for all.
    private static Task<TestGateway> StartAsync(string inbound, ExitConfig exit, RouteConfig? rule = null)
    {
        GatewayConfig config = inbound switch
        {
            "socks5" => new GatewayConfig { Inbounds = [new Socks5InboundConfig { Name = "edge", Listen = Any }] },
            "tunnel" => TunnelPair.ServerConfig(TunnelPair.Inbound()),
            _ => new GatewayConfig { Inbounds = [EchTunnelPair.Inbound()] },
        };
        return TestGateway.StartAsync(config with
        {
            Exits = [exit], Routes = rule is null ? [] : [rule], Default = rule is null ? exit.Name : "direct",
            // A hanging dial hangs for longer than the tests' patience.
            Limits = new LimitsConfig { ConnectTimeout = TimeSpan.FromMinutes(5) },
        });
    }

    private static ExitSet Client(string inbound, TestGateway server, PortableTransport transport)
    {
        ExitConfig exit = inbound switch
        {
            "socks5" => new Socks5ExitConfig { Name = "client", Server = Destination.FromEndPoint(server.EndPoint) },
            "tunnel" => TunnelPair.Exit(server.EndPoint) with { Name = "client" },
            _ => EchTunnelPair.Exit(server.EndPoint) with { Name = "client", PlainOnly = inbound.EndsWith("plain", StringComparison.Ordinal) },
        };
        return ExitFactory.Build(new GatewayConfig { Exits = [exit] }, transport, new SystemNameResolver(TimeProvider.System), TimeProvider.System);
    }

    private static Task<UdpOpenResult> OpenAsync(ExitSet exits) =>
        exits.Get("client").OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(TestTransports.Patience);
}
