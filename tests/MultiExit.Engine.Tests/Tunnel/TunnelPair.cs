using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>A client server (SOCKS5 in, tunnel out) and a tunnel server (tunnel in, direct out) on loopback.</summary>
internal sealed class TunnelPair : IAsyncDisposable
{
    public const string Key = "a key that both sides know";

    private TunnelPair(TestGateway server, TestGateway client)
    {
        Server = server;
        Client = client;
    }

    public TestGateway Server { get; }

    public TestGateway Client { get; }

    public static TunnelInboundConfig Inbound() => new()
    {
        Name = "edge",
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Keys = [new Secret(Key)],
        Tls = new TlsServerConfig { SelfSigned = true },
    };

    public static TunnelExitConfig Exit(IPEndPoint server) => new()
    {
        Name = "hub",
        Server = Destination.FromEndPoint(server),
        Key = new Secret(Key),
    };

    public static GatewayConfig ServerConfig(TunnelInboundConfig inbound) => new() { Name = "server", Inbounds = [inbound] };

    public static GatewayConfig ClientConfig(TunnelExitConfig exit) => TestGateway.Mixed() with { Name = "client", Exits = [exit], Default = exit.Name };

    public static async Task<TunnelPair> StartAsync(
        Func<TunnelInboundConfig, TunnelInboundConfig>? inbound = null, Func<TunnelExitConfig, TunnelExitConfig>? exit = null,
        TransportKind kind = TransportKind.Automatic)
    {
        TunnelInboundConfig inboundConfig = Inbound();
        TestGateway server = await TestGateway.StartAsync(ServerConfig(inbound?.Invoke(inboundConfig) ?? inboundConfig), kind);
        TunnelExitConfig exitConfig = Exit(server.EndPoint);
        TestGateway client = await TestGateway.StartAsync(ClientConfig(exit?.Invoke(exitConfig) ?? exitConfig), kind);
        return new TunnelPair(server, client);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
