using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.EchTunnel;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;
using MultiExit.Engine.WebSockets;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>A reader that catches up in the moment in which its carrier finds it behind.</summary>
public sealed class EchTunnelCatchingUpTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Destination Target = Destination.FromEndPoint(new IPEndPoint(IPAddress.Loopback, 80));
    private static readonly WebSocketOptions PeerOptions = new() { IsServer = true, MaxMessage = EchTunnelWire.MaxMessage, PingInterval = TimeSpan.Zero };

    private readonly DuplexPair _pair = new();
    private readonly WebSocketConnection _peer;
    private readonly EchTunnelClientCarrier _carrier;

    public EchTunnelCatchingUpTests()
    {
        _peer = new WebSocketConnection(_pair.Right, PeerOptions, TimeProvider.System);
        _carrier = new EchTunnelClientCarrier(
            new WebSocketConnection(_pair.Left, PeerOptions with { IsServer = false }, TimeProvider.System),
            0, new TunnelSessionOptions().Within(1 << 20), TimeProvider.System, _ => { });
    }

    public async ValueTask DisposeAsync()
    {
        _ = _carrier.RunAsync();
        await _carrier.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_that_is_not_behind_is_not_waited_for()
    {
        EchTunnelStream stream = await OpenAsync();
        Assert.True(await stream.WaitForReaderAsync(TimeSpan.FromDays(1)).AsTask().WaitAsync(Limit));
    }

    // Six at once, each of them behind again and again: a session may hold no more than its first share.
    [Fact]
    public async Task Downloads_of_quick_readers_are_all_whole()
    {
        byte[] content = RandomNumberGenerator.GetBytes(2 << 20);
        using TcpListener source = new(IPAddress.Loopback, 0);
        source.Start();
        Task serving = ServeAsync(source, content);
        await using DeployedServer server = new();
        await using TestGateway gateway = await EchTunnelPair.ConnectAsync(
            EchTunnelPair.Exit(server.EndPoint), new LimitsConfig { SessionMemory = 2 << 20 });
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (_, cancellationToken) =>
        {
            await using SocketStream client = await gateway.ConnectThroughAsync((IPEndPoint)source.LocalEndpoint);
            byte[] received = await TestTransports.ReadToEndAsync(client).WaitAsync(Limit, cancellationToken);
            Assert.Equal(SHA256.HashData(content), SHA256.HashData(received));
        });
        source.Stop();
        await serving.WaitAsync(Limit);
    }

    private static async Task ServeAsync(TcpListener source, byte[] content)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await source.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync(content);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private Task<EchTunnelStream> OpenAsync() =>
        _carrier.OpenAsync(Guid.NewGuid(), Target, default, null, CancellationToken.None).AsTask().WaitAsync(Limit);
}
