using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.EchTunnel;
using MultiExit.Engine.Multiplexing.EchTunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>Readers that pause, with deployed programs on the other side, on a clock that the test moves.</summary>
public sealed class EchTunnelSlowReaderTests
{
    private const int Total = 12 << 20;
    private static readonly TimeSpan Limit = DeployedClient.Limit;

    private readonly ManualTimeProvider _time = new();
    private readonly byte[] _bytes = RandomNumberGenerator.GetBytes(Total);

    [Fact]
    public async Task A_download_that_pauses_is_whole_and_new_sessions_have_another_carrier()
    {
        using TcpListener source = Listen();
        await using EchoTarget target = new();
        await using DeployedServer server = new();
        await using PortableTransport transport = new();
        EchTunnelExitConfig config = EchTunnelPair.Exit(server.EndPoint) with { Carriers = 1, PingInterval = TimeSpan.FromHours(1) };
        await using ExitSet exits = ExitFactory.Build(new GatewayConfig { Exits = [config] }, transport, new FakeResolver(), _time);
        EchTunnelExit exit = (EchTunnelExit)exits.Get("echup");
        EchTunnelStream paused = await DialAsync(exit, (IPEndPoint)source.LocalEndpoint);
        using TcpClient accepted = await source.AcceptTcpClientAsync().WaitAsync(Limit);
        Task sending = accepted.GetStream().WriteAsync(_bytes).AsTask();
        await Wait.UntilAsync(() => paused.IsBehind);
        // A dial behind its data is made again on another carrier once this one is known to be slow.
        Task<EchTunnelStream> dialing = DialAsync(exit, target.EndPoint);
        await Wait.UntilAsync(() => server.Log.Count(entry => entry.Text.StartsWith("CLAIM:", StringComparison.Ordinal)) > 1);
        _time.Advance(EchTunnelCarrier.StallTime);
        await using EchTunnelStream other = await dialing.WaitAsync(Limit);
        Assert.Equal(2, exit.Carriers.Count);
        for (int second = 0; second < 100; second++)
        {
            await _time.WaitForTimersAsync(1);
            _time.Advance(EchTunnelCarrier.StallTime);
            await other.WriteAsync(new byte[1000]);
            await other.ReadExactlyAsync(new byte[1000]).AsTask().WaitAsync(Limit);
        }
        byte[] received = new byte[Total];
        await paused.ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(_bytes), SHA256.HashData(received));
        // The carrier that no other session may use closes with it.
        await paused.DisposeAsync();
        await Wait.UntilAsync(() => exit.Carriers.Count == 1 && server.Live == 1);
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(200, 2)] // where new sessions of the client have another carrier, none waits
    public async Task An_upload_to_a_target_that_pauses_is_whole(int seconds, int carriers)
    {
        await using TestGateway server = await TestGateway.StartAsync(
            new GatewayConfig { Inbounds = [EchTunnelPair.Inbound()], Limits = new LimitsConfig { IdleTimeout = TimeSpan.FromDays(1) } },
            new GatewayOptions { Time = _time });
        using TcpListener target = Listen();
        using DeployedClient client = await DeployedClient.ConnectAsync(server.EndPoint);
        using DeployedClient second = await DeployedClient.ConnectAsync(server.EndPoint);
        if (carriers == 1) second.Abort();
        Task<string> never = second.ReceiveAsync(); // answers pings
        string id = await client.OpenAsync((IPEndPoint)target.LocalEndpoint);
        using TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        Task<string> next = client.ReceiveAsync();
        Task sending = UploadAsync(client, id);
        for (int passed = 0; passed < seconds; passed++)
        {
            await Task.WhenAny(next, Task.Delay(20)); // so that answers to pings are never late
            _time.Advance(EchTunnelCarrier.StallTime);
        }
        byte[] received = new byte[Total];
        await accepted.GetStream().ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(_bytes), SHA256.HashData(received));
        Assert.False(next.IsCompleted);
        client.Abort();
        await Record.ExceptionAsync(() => next);
        second.Abort();
        await Record.ExceptionAsync(() => never);
    }

    private async Task UploadAsync(DeployedClient client, string id)
    {
        foreach (byte[] part in _bytes.Chunk(32 * 1024))
            await client.SendAsync(System.Net.WebSockets.WebSocketMessageType.Binary, [.. System.Text.Encoding.ASCII.GetBytes($"DATA:{id}|"), .. part]);
    }

    private static async Task<EchTunnelStream> DialAsync(EchTunnelExit exit, IPEndPoint target)
    {
        DialResult dial = await exit.DialAsync(Destination.FromEndPoint(target), new DialContext(), default).AsTask().WaitAsync(Limit);
        return (EchTunnelStream)(dial.Connection ?? throw new InvalidOperationException(dial.Detail));
    }

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
