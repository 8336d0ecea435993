using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>A client server (SOCKS5 in, ECH tunnel out) and an ECH tunnel server (direct out) on loopback.</summary>
internal sealed class EchTunnelPair : IAsyncDisposable
{
    public const string Token = "mytoken-123";

    private EchTunnelPair(TestGateway server, TestGateway client)
    {
        Server = server;
        Client = client;
    }

    public TestGateway Server { get; }

    public TestGateway Client { get; }

    public static EchTunnelInboundConfig Inbound() => new()
    {
        Name = "edge", Listen = new IPEndPoint(IPAddress.Loopback, 0), Path = "/tunnel", Tokens = [new Secret(Token)],
    };

    public static EchTunnelExitConfig Exit(IPEndPoint server) => new()
    {
        Name = "echup", Server = Destination.FromEndPoint(server), Path = "/tunnel", Token = new Secret(Token),
    };

    public static Task<TestGateway> ServeAsync(EchTunnelInboundConfig inbound) =>
        TestGateway.StartAsync(new GatewayConfig { Name = "server", Inbounds = [inbound] });

    public static Task<TestGateway> ConnectAsync(EchTunnelExitConfig exit, LimitsConfig? limits = null) =>
        TestGateway.StartAsync(TestGateway.Mixed(limits) with { Name = "client", Exits = [exit], Default = exit.Name });

    /// <summary>Both, without TLS.</summary>
    public static async Task<EchTunnelPair> StartAsync(
        bool plain, Func<EchTunnelInboundConfig, EchTunnelInboundConfig>? inbound = null, Func<EchTunnelExitConfig, EchTunnelExitConfig>? exit = null)
    {
        TestGateway server = await ServeAsync(inbound?.Invoke(Inbound()) ?? Inbound());
        EchTunnelExitConfig config = Exit(server.EndPoint) with { PlainOnly = plain };
        return new EchTunnelPair(server, await ConnectAsync(exit?.Invoke(config) ?? config));
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
