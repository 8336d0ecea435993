using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Tunnel;

/// <summary>Failures, restarts, reloads and crowds, end to end.</summary>
public sealed class TunnelLifeTests
{
    [Fact]
    public async Task The_reply_is_that_of_the_far_end()
    {
        await using TunnelPair pair = await TunnelPair.StartAsync();
        using ClosedPort closed = new();
        Assert.Equal(5, await ReplyAsync(pair.Client, closed.EndPoint));
        Assert.Equal(4, await ReplyAsync(pair.Client, "nowhere.invalid", 80));
        await pair.Server.Server.ReloadAsync(pair.Server.Server.Config with { Default = "block" });
        await using EchoTarget target = new();
        Assert.Equal(2, await ReplyAsync(pair.Client, target.EndPoint));
    }

    [Fact]
    public async Task A_direction_ends_alone_through_the_tunnel()
    {
        await using PortableTransport transport = new();
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await using TunnelPair pair = await TunnelPair.StartAsync();
        await using SocketStream client = await pair.Client.ConnectThroughAsync(listener.LocalEndPoint);
        await using SocketStream target = (await listener.AcceptAsync().AsTask().WaitAsync(TestTransports.Patience))!;
        await client.CompleteWritesAsync(default);
        Assert.Equal(0, await target.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        byte[] sent = RandomNumberGenerator.GetBytes(10 << 20);
        Task writing = Task.Run(async () =>
        {
            await target.WriteAsync(sent);
            await target.CompleteWritesAsync(default);
        });
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await TestTransports.ReadToEndAsync(client)));
        await writing.WaitAsync(TestTransports.Patience);
    }

    [Theory]
    [InlineData(TunnelMethodName.ChaCha20Poly1305)]
    [InlineData(TunnelMethodName.Tls)]
    public async Task A_killed_server_ends_sessions_and_a_restarted_one_serves_again(TunnelMethodName method)
    {
        using SelfSignedFiles certificate = SelfSignedFiles.Create("tunnel.example");
        await using EchoTarget target = new();
        IPEndPoint endPoint = OwnEndPoints.Next();
        await using TestGateway first = await TestGateway.StartAsync(TunnelPair.ServerConfig(Inbound(endPoint) with { Tls = certificate.Config }));
        await using TestGateway client = await TestGateway.StartAsync(
            TunnelPair.ClientConfig(TunnelPair.Exit(endPoint) with { Method = method, Pins = [certificate.Fingerprint] }));
        await using SocketStream session = await client.ConnectThroughAsync(target.EndPoint);
        await EchoesAsync(session);
        Task<int> reading = session.ReadAsync(new byte[1]).AsTask();
        await first.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(TestTransports.Patience));
        await Wait.UntilAsync(() => client.Server.GetStatus().Sessions == 0);
        await using TestGateway second = await TestGateway.StartAsync(TunnelPair.ServerConfig(Inbound(endPoint) with { Tls = certificate.Config }));
        using CancellationTokenSource limit = new(TestTransports.Patience);
        while (await ReplyAsync(client, target.EndPoint) != 0) limit.Token.ThrowIfCancellationRequested();
        await using SocketStream again = await client.ConnectThroughAsync(target.EndPoint);
        await EchoesAsync(again);
        // Nobody was taken for a replay, in the second of the start either.
        Assert.Equal(0, second.Server.GetStatus().RefusedHandshakes);
    }

    [Fact]
    public async Task A_server_that_drains_delivers_what_it_has_taken()
    {
        await using PortableTransport transport = new();
        using ISocketListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await using TunnelPair pair = await TunnelPair.StartAsync();
        await using SocketStream client = await pair.Client.ConnectThroughAsync(listener.LocalEndPoint);
        await using SocketStream target = (await listener.AcceptAsync().AsTask().WaitAsync(TestTransports.Patience))!;
        await client.CompleteWritesAsync(default);
        Task stopping = pair.Server.Server.StopAsync(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(() => pair.Server.Server.GetStatus().State == ServerState.Draining);
        byte[] sent = RandomNumberGenerator.GetBytes(4 << 20);
        Task writing = Task.Run(async () =>
        {
            await target.WriteAsync(sent);
            await target.CompleteWritesAsync(default);
        });
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await TestTransports.ReadToEndAsync(client)));
        await writing.WaitAsync(TestTransports.Patience);
        await stopping.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_reload_of_the_server_sends_new_streams_the_new_way()
    {
        await using EchoTarget target = new();
        await using TunnelPair pair = await TunnelPair.StartAsync();
        await using SocketStream old = await pair.Client.ConnectThroughAsync(target.EndPoint);
        await EchoesAsync(old);
        await pair.Server.Server.ReloadAsync(pair.Server.Server.Config with { Default = "block" });
        // The GOAWAY is on its way: until it is there, the old carrier refuses, and the dial goes to another.
        Assert.Equal(2, await ReplyAsync(pair.Client, target.EndPoint));
        await EchoesAsync(old);
    }

    [Fact]
    public async Task A_reload_of_the_client_leaves_no_carrier_behind()
    {
        await using EchoTarget target = new();
        await using TunnelPair pair = await TunnelPair.StartAsync();
        SocketStream old = await pair.Client.ConnectThroughAsync(target.EndPoint);
        await EchoesAsync(old);
        await pair.Client.Server.ReloadAsync(pair.Client.Server.Config with { Name = "other" });
        await EchoesAsync(old);
        // That of the new configuration, and the old one until its last stream ends.
        await Wait.UntilAsync(() => pair.Server.Server.GetStatus().Connections == 2);
        await old.DisposeAsync();
        await Wait.UntilAsync(() => pair.Server.Server.GetStatus().Connections == 1);
        await using SocketStream next = await pair.Client.ConnectThroughAsync(target.EndPoint);
        await EchoesAsync(next);
    }

    [Fact]
    public async Task Five_hundred_streams_at_once_are_all_served_whole()
    {
        await using EchoTarget target = new();
        await using TunnelPair pair = await TunnelPair.StartAsync();
        Task[] streams = [.. Enumerable.Range(0, 500).Select(async _ =>
        {
            await using SocketStream client = await pair.Client.ConnectThroughAsync(target.EndPoint);
            byte[] sent = RandomNumberGenerator.GetBytes(32 * 1024);
            Task writing = Task.Run(async () =>
            {
                await client.WriteAsync(sent);
                await client.CompleteWritesAsync(default);
            });
            Assert.Equal(sent, await TestTransports.ReadToEndAsync(client));
            await writing;
        })];
        await Task.WhenAll(streams).WaitAsync(TestTransports.Patience * 2);
        await Wait.UntilAsync(() => pair.Server.Server.GetStatus().Sessions == 0);
    }

    [Fact]
    public async Task Datagrams_go_to_several_destinations_and_survive_a_server()
    {
        using UdpEcho one = new();
        using UdpEcho two = new();
        IPEndPoint endPoint = OwnEndPoints.Next();
        await using TestGateway first = await TestGateway.StartAsync(TunnelPair.ServerConfig(Inbound(endPoint)));
        await using TestGateway client = await TestGateway.StartAsync(TunnelPair.ClientConfig(TunnelPair.Exit(endPoint)));
        await using SocketStream control = await client.ConnectAsync();
        await control.WriteAsync(new byte[] { 5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0 });
        byte[] reply = new byte[12];
        await control.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal([5, 0, 5, 0, 0, 1], reply[..6]);
        using UdpClient udp = new(new IPEndPoint(IPAddress.Loopback, 0));
        udp.Connect(IPAddress.Loopback, (reply[10] << 8) | reply[11]);
        await ExchangeAsync(udp, one.EndPoint, 20);
        await ExchangeAsync(udp, two.EndPoint, 8192);
        byte[] tooLarge = [.. Header(one.EndPoint), .. new byte[17_000]];
        await udp.SendAsync(tooLarge); // does not fit a frame: dropped, like any datagram may be
        await ExchangeAsync(udp, one.EndPoint, 16_000);
        await first.DisposeAsync();
        await using TestGateway second = await TestGateway.StartAsync(TunnelPair.ServerConfig(Inbound(endPoint)));
        await ExchangeAsync(udp, two.EndPoint, 20);
    }

    private static TunnelInboundConfig Inbound(IPEndPoint endPoint) => TunnelPair.Inbound() with { Listen = endPoint };

    private static byte[] Header(IPEndPoint to) => [0, 0, 0, 1, .. to.Address.GetAddressBytes(), (byte)(to.Port >> 8), (byte)to.Port];

    // UDP: asked again until the answer comes.
    private static async Task ExchangeAsync(UdpClient udp, IPEndPoint to, int length)
    {
        byte[] sent = [.. Header(to), .. RandomNumberGenerator.GetBytes(length)];
        for (int attempt = 0; attempt < 60; attempt++)
        {
            await udp.SendAsync(sent);
            using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(500));
            try
            {
                while (true)
                {
                    UdpReceiveResult received = await udp.ReceiveAsync(patience.Token);
                    if (received.Buffer.AsSpan().SequenceEqual(sent)) return;
                }
            }
            catch (OperationCanceledException)
            {
                // Lost, like a datagram may be.
            }
        }
        Assert.Fail("no answer");
    }

    private static async Task EchoesAsync(SocketStream session)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(1000);
        byte[] got = new byte[1000];
        await session.WriteAsync(sent);
        await session.ReadExactlyAsync(got).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(sent, got);
    }

    private static Task<byte> ReplyAsync(TestGateway client, IPEndPoint target) =>
        ReplyAsync(client, [1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port]);

    private static Task<byte> ReplyAsync(TestGateway client, string host, int port) =>
        ReplyAsync(client, [3, (byte)host.Length, .. System.Text.Encoding.ASCII.GetBytes(host), (byte)(port >> 8), (byte)port]);

    private static async Task<byte> ReplyAsync(TestGateway client, byte[] address)
    {
        await using SocketStream connection = await client.ConnectAsync();
        await connection.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, .. address]);
        byte[] reply = new byte[4];
        await connection.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        return reply[3];
    }

    private sealed class UdpEcho : IDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));

        public UdpEcho() => _ = EchoAsync();

        public IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

        public void Dispose() => _socket.Dispose();

        private async Task EchoAsync()
        {
            try
            {
                while (true)
                {
                    UdpReceiveResult received = await _socket.ReceiveAsync();
                    await _socket.SendAsync(received.Buffer, received.RemoteEndPoint);
                }
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                // Disposed.
            }
        }
    }
}
