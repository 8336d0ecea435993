using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>Bandwidth limits against deployed clients and servers, on a clock that the test moves: slower than a reader that is slow by
/// itself may be, and for more bytes than may wait.</summary>
public sealed class EchTunnelBandwidthTests
{
    private const long Rate = 200 * 1024;
    private const int Total = 11 << 19; // over within 30 s, when the server would ping a client that has no hurry to answer
    private static readonly TimeSpan Limit = DeployedClient.Limit;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Stillness = TimeSpan.FromMilliseconds(100);

    private readonly ManualTimeProvider _time = new();
    private readonly byte[] _bytes = RandomNumberGenerator.GetBytes(Total);

    [Fact]
    public async Task An_upload_of_a_deployed_client_is_slowed_down_and_whole()
    {
        await using TestGateway server = await TestGateway.StartAsync(
            new GatewayConfig { Inbounds = [EchTunnelPair.Inbound()], Limits = new LimitsConfig { PerClient = new ScopeLimits { Bandwidth = Rate } } },
            new GatewayOptions { Time = _time });
        using TcpListener target = Listen();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        string id = await client.OpenAsync((IPEndPoint)target.LocalEndpoint);
        using TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        // As much as may wait, so that all the rest finds its reader behind.
        const int first = EchTunnelCarrier.MaxUnread - (64 << 10);
        await UploadAsync(client, id, _bytes[..first]);
        string claim = Guid.NewGuid().ToString();
        await client.SendTextAsync($"CLAIM:{claim}|0");
        Assert.Equal($"TCLAIM_ACK:{claim}|0", await client.ReceiveAsync());
        Task sending = UploadAsync(client, id, _bytes[first..]);
        byte[] received = new byte[Total];
        await DriveAsync(accepted.GetStream().ReadExactlyAsync(received).AsTask(), server);
        await sending;
        Assert.Equal(SHA256.HashData(_bytes), SHA256.HashData(received));
        // The bytes that follow are seen all the same.
        await client.SendTextAsync($"CLOSE:{id}");
        Assert.Equal($"TCLOSE:{id}", await client.ReceiveAsync());
    }

    [Fact]
    public async Task A_download_through_a_deployed_server_is_slowed_down_alone_and_whole()
    {
        using TcpListener source = Listen();
        IPEndPoint address = (IPEndPoint)source.LocalEndpoint;
        await using DeployedServer server = new();
        await using TestGateway gateway = await TestGateway.StartAsync(
            new GatewayConfig
            {
                Inbounds = [Forward("slow", address), Forward("fast", address)],
                Exits = [EchTunnelPair.Exit(server.EndPoint) with { PingInterval = TimeSpan.FromHours(1) }],
                Default = "echup",
                Limits = new LimitsConfig { Inbounds = new Dictionary<string, ScopeLimits> { ["slow"] = new() { Bandwidth = Rate } } },
            },
            new GatewayOptions { Time = _time });
        await using SocketStream slow = await gateway.ConnectAsync(EndPointOf(gateway, "slow"));
        using TcpClient slowSource = await source.AcceptTcpClientAsync().WaitAsync(Limit);
        Task sending = slowSource.GetStream().WriteAsync(_bytes).AsTask();
        byte[] received = new byte[Total];
        Task receiving = slow.ReadExactlyAsync(received).AsTask();
        await DriveAsync(receiving, gateway, until: 10 * Rate);

        // With the clock standing still the slow one takes nothing, and another is as fast as ever.
        await using SocketStream fast = await gateway.ConnectAsync(EndPointOf(gateway, "fast"));
        using TcpClient fastSource = await source.AcceptTcpClientAsync().WaitAsync(Limit);
        Task other = fastSource.GetStream().WriteAsync(_bytes).AsTask();
        byte[] whole = new byte[Total];
        await fast.ReadExactlyAsync(whole).AsTask().WaitAsync(Limit);
        await other.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(_bytes), SHA256.HashData(whole));
        Assert.False(receiving.IsCompleted);

        await DriveAsync(receiving, gateway);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(_bytes), SHA256.HashData(received));
    }

    [Fact]
    public async Task Carriers_of_a_limit_close_when_no_session_uses_them()
    {
        await using EchoTarget target = new();
        await using DeployedServer server = new();
        await using TestGateway gateway = await TestGateway.StartAsync(
            new GatewayConfig
            {
                Inbounds = [Forward("slow", target.EndPoint)],
                // The clock runs ahead of the peer: no pong comes too late for it.
                Exits = [EchTunnelPair.Exit(server.EndPoint) with { Carriers = 1, PingInterval = TimeSpan.FromHours(1), PingTimeout = TimeSpan.FromHours(1) }],
                Default = "echup",
                Limits = new LimitsConfig { PerClient = new ScopeLimits { Bandwidth = Rate } },
            },
            new GatewayOptions { Time = _time });
        for (int i = 0; i < 3; i++)
        {
            await using SocketStream client = await gateway.ConnectAsync();
            await client.WriteAsync(new byte[10]);
            await client.ReadExactlyAsync(new byte[10]).AsTask().WaitAsync(Limit);
        }
        Assert.Equal((2, 2), (server.Accepted, server.Live)); // one for all, one for the limit
        await Wait.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return server.Live == 1;
        });
        await using SocketStream again = await gateway.ConnectAsync();
        await again.WriteAsync(new byte[10]);
        await again.ReadExactlyAsync(new byte[10]).AsTask().WaitAsync(Limit);
        Assert.Equal(3, server.Accepted);
    }

    // The clock goes on when all bytes that it allows so far have moved, or when none move: a wait that began while the clock was being moved
    // lasts until it is moved again.
    private async Task DriveAsync(Task transfer, TestGateway gateway, long until = Total)
    {
        long Moved() => gateway.Server.GetSessions().Where(session => session.Inbound is "edge" or "slow").Sum(session => session.BytesUp + session.BytesDown);
        long began = Moved();
        long seen = began;
        Stopwatch still = Stopwatch.StartNew();
        for (TimeSpan elapsed = Step; !transfer.IsCompleted && Moved() < until; elapsed += Step)
        {
            _time.Advance(Step);
            long advanced = Stopwatch.GetTimestamp();
            double allowed = Math.Min(until, began + Rate * (elapsed - Step).TotalSeconds);
            await Wait.UntilAsync(() =>
            {
                long moved = Moved();
                if (moved != seen) still.Restart();
                seen = moved;
                Assert.True(still.Elapsed < Limit, "nothing moves any more");
                return transfer.IsCompleted || moved >= allowed || (still.Elapsed > Stillness && Stopwatch.GetElapsedTime(advanced) > Stillness);
            });
        }
        if (until == Total) await transfer.WaitAsync(Limit);
    }

    private static async Task UploadAsync(DeployedClient client, string id, byte[] bytes)
    {
        foreach (byte[] part in bytes.Chunk(32 * 1024))
            await client.SendAsync(System.Net.WebSockets.WebSocketMessageType.Binary, [.. Encoding.ASCII.GetBytes($"DATA:{id}|"), .. part]);
    }

    private static IPEndPoint EndPointOf(TestGateway gateway, string name) =>
        gateway.Server.GetStatus().Listeners.Single(listener => listener.Inbound == name).EndPoint;

    private static ForwardInboundConfig Forward(string name, IPEndPoint target) =>
        new() { Name = name, Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = Destination.FromEndPoint(target) };

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
