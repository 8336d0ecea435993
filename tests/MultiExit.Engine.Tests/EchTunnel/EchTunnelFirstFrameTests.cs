using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>The dial does not wait for the client's first bytes: the clock stands still, so that a wait of any length would never end.</summary>
public sealed class EchTunnelFirstFrameTests
{
    private static readonly TimeSpan Limit = DeployedClient.Limit;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_client_has_its_connection_at_once(bool plain)
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        IPEndPoint address = (IPEndPoint)target.LocalEndpoint;
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        ForwardInboundConfig forward = new() { Name = "forward", Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = Destination.FromEndPoint(address) };
        GatewayConfig config = TestGateway.Mixed();
        await using TestGateway gateway = await TestGateway.StartAsync(
            config with
            {
                Inbounds = [.. config.Inbounds, forward], Exits = [EchTunnelPair.Exit(server.EndPoint) with { PlainOnly = plain }], Default = "echup",
            },
            new GatewayOptions { Time = new ManualTimeProvider() });
        await using SocketStream socks = await gateway.ConnectThroughAsync(address);
        using TcpClient first = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        IPEndPoint forwarded = gateway.Server.GetStatus().Listeners.Single(listener => listener.Inbound == "forward").EndPoint;
        await using SocketStream silent = await gateway.ConnectAsync(forwarded);
        using TcpClient second = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        // And the next client need not wait until the silent one sends.
        await using SocketStream other = await gateway.ConnectAsync(forwarded);
        using TcpClient third = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        await third.GetStream().WriteAsync("banner"u8.ToArray());
        await other.ReadExactlyAsync(new byte[6]).AsTask().WaitAsync(Limit);
    }
}
