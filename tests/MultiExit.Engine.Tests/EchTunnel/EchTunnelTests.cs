using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Exits.EchTunnel;
using MultiExit.Engine.Multiplexing.Tunnel;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.EchTunnel;

/// <summary>The ECH tunnel end to end: SOCKS5 client, exit, inbound, target; in the plain format and with frames.</summary>
public sealed class EchTunnelTests
{
    private static readonly TimeSpan Limit = DeployedClient.Limit;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Bytes_arrive_whole_in_both_directions(bool plain, bool tls)
    {
        using SelfSignedFiles certificate = SelfSignedFiles.Create("localhost");
        await using EchoTarget target = new();
        await using EchTunnelPair pair = await EchTunnelPair.StartAsync(
            plain,
            inbound => tls ? inbound with { Tls = certificate.Config } : inbound,
            exit => tls ? exit with { Tls = new TlsClientConfig { Check = CertificateCheck.Pin, Pins = [certificate.Fingerprint], OnlyTls13 = true } } : exit);
        await using SocketStream client = await pair.Client.ConnectThroughAsync(target.EndPoint);
        byte[] sent = RandomNumberGenerator.GetBytes(4 << 20);
        Task sending = client.WriteAsync(sent).AsTask();
        byte[] received = new byte[sent.Length];
        await client.ReadExactlyAsync(received).AsTask().WaitAsync(Limit);
        await sending.WaitAsync(Limit);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(received));
    }

    [Theory]
    [InlineData(true, 1)] // general failure: the plain format has no reason
    [InlineData(false, 5)] // connection refused
    public async Task A_refused_target_is_reported(bool plain, byte reply)
    {
        await using EchTunnelPair pair = await EchTunnelPair.StartAsync(plain);
        await using SocketStream client = await pair.Client.ConnectAsync();
        await client.WriteAsync(new byte[] { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 1 });
        byte[] answer = new byte[12];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(Limit);
        Assert.Equal(reply, answer[3]);
    }

    [Fact]
    public async Task A_half_close_goes_through_frames()
    {
        await using EchTunnelPair pair = await EchTunnelPair.StartAsync(plain: false);
        using TcpListener target = Listen();
        await using SocketStream client = await pair.Client.ConnectThroughAsync((IPEndPoint)target.LocalEndpoint);
        using TcpClient accepted = await target.AcceptTcpClientAsync().WaitAsync(Limit);
        await client.WriteAsync("request"u8.ToArray());
        await client.CompleteWritesAsync(default);
        Assert.Equal(7, (await TestTransports.ReadToEndAsync(accepted.GetStream())).Length);
        await accepted.GetStream().WriteAsync(new byte[1 << 20]);
        accepted.Close();
        Assert.Equal(1 << 20, (await TestTransports.ReadToEndAsync(client)).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_thousand_sessions_at_once_are_all_served(bool plain)
    {
        await using EchTunnelPair pair = await EchTunnelPair.StartAsync(plain, exit: exit => exit with { Timeout = TimeSpan.FromMinutes(1) });
        await using EchoTarget target = new();
        EchTunnelExitConfig config = EchTunnelPair.Exit(pair.Server.EndPoint) with { PlainOnly = plain, Timeout = TimeSpan.FromMinutes(1) };
        await using PortableTransport transport = new();
        await using ExitSet exits = ExitFactory.Build(new GatewayConfig { Exits = [config] }, transport, new FakeResolver(), TimeProvider.System);
        IExit exit = exits.Get("echup");
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => OneAsync(exit, target.EndPoint, number))).WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task With_frames_one_stalled_reader_holds_up_no_other()
    {
        await using EchTunnelPair pair = await EchTunnelPair.StartAsync(plain: false, exit: exit => exit with { Carriers = 1 });
        await using EchoTarget target = new();
        using TcpListener source = Listen();
        await using SocketStream stalled = await pair.Client.ConnectThroughAsync((IPEndPoint)source.LocalEndpoint);
        using TcpClient accepted = await source.AcceptTcpClientAsync().WaitAsync(Limit);
        Task flood = FloodAsync(accepted.GetStream());
        SocketStream[] others = await Task.WhenAll(Enumerable.Range(0, 63).Select(_ => pair.Client.ConnectThroughAsync(target.EndPoint)));
        for (int round = 0; round < 2; round++)
        {
            foreach (SocketStream client in others) await client.WriteAsync(new byte[1000]);
            foreach (SocketStream client in others) await client.ReadExactlyAsync(new byte[1000]).AsTask().WaitAsync(Limit);
        }
        foreach (SocketStream client in others) await client.DisposeAsync();
        Assert.False(flood.IsCompleted);
        accepted.Close();
        await Record.ExceptionAsync(() => flood.WaitAsync(Limit));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_carrier_killed_in_mid_transfer_ends_its_sessions_and_is_replaced(bool plain)
    {
        await using EchTunnelPair pair = await EchTunnelPair.StartAsync(plain, inbound => inbound with { Listen = OwnEndPoints.Next() });
        using TcpListener source = Listen();
        await using SocketStream client = await pair.Client.ConnectThroughAsync((IPEndPoint)source.LocalEndpoint);
        using TcpClient accepted = await source.AcceptTcpClientAsync().WaitAsync(Limit);
        Task flood = FloodAsync(accepted.GetStream());
        await client.ReadExactlyAsync(new byte[100_000]).AsTask().WaitAsync(Limit);
        IPEndPoint address = pair.Server.EndPoint;
        await pair.Server.Server.StopAsync(TimeSpan.Zero).WaitAsync(Limit);
        Exception? end = await Record.ExceptionAsync(async () => await TestTransports.ReadToEndAsync(client));
        // A server that is stopped may still send CLOSE, which is the only report of the plain format.
        Assert.True(plain ? end is null or IOException : end is IOException, end?.ToString());
        await Record.ExceptionAsync(() => flood.WaitAsync(Limit));
        await using TestGateway again = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound() with { Listen = address });
        await using EchoTarget target = new();
        await using SocketStream next = await pair.Client.ConnectThroughAsync(target.EndPoint);
        await next.WriteAsync(new byte[10]);
        await next.ReadExactlyAsync(new byte[10]).AsTask().WaitAsync(Limit);
    }

    // Only the connection in between breaks: neither side sends anything.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_carrier_cut_in_mid_transfer_ends_its_sessions_and_is_replaced(bool plain)
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        using SlowRelay relay = new(new IPEndPoint(IPAddress.Loopback, 0), server.EndPoint, TimeSpan.Zero);
        await using TestGateway gateway = await EchTunnelPair.ConnectAsync(EchTunnelPair.Exit(relay.EndPoint) with { PlainOnly = plain });
        using TcpListener source = Listen();
        await using SocketStream client = await gateway.ConnectThroughAsync((IPEndPoint)source.LocalEndpoint);
        using TcpClient accepted = await source.AcceptTcpClientAsync().WaitAsync(Limit);
        Task flood = FloodAsync(accepted.GetStream());
        await client.ReadExactlyAsync(new byte[100_000]).AsTask().WaitAsync(Limit);
        relay.Cut();
        await Assert.ThrowsAnyAsync<IOException>(async () => await TestTransports.ReadToEndAsync(client));
        await flood.WaitAsync(Limit); // the server has closed the target as well
        await using EchoTarget target = new();
        await using SocketStream next = await gateway.ConnectThroughAsync(target.EndPoint);
        await next.WriteAsync(new byte[10]);
        await next.ReadExactlyAsync(new byte[10]).AsTask().WaitAsync(Limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Datagrams_go_to_their_own_targets(bool plain)
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        await using PortableTransport transport = new();
        EchTunnelExitConfig config = EchTunnelPair.Exit(server.EndPoint) with { PlainOnly = plain };
        await using ExitSet exits = ExitFactory.Build(new GatewayConfig { Exits = [config] }, transport, new FakeResolver(), TimeProvider.System);
        UdpOpenResult opened = await exits.Get("echup").OpenUdpAsync(new DialContext(), default).AsTask().WaitAsync(Limit);
        await using IDatagramFlow flow = opened.Flow!;
        using UdpClient first = new(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpClient second = new(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (UdpClient target in new[] { first, second, first, second })
        {
            IPEndPoint address = (IPEndPoint)target.Client.LocalEndPoint!;
            Assert.True(await flow.SendAsync(Destination.FromEndPoint(address), BitConverter.GetBytes(address.Port), default));
            UdpReceiveResult received = await target.ReceiveAsync().WaitAsync(Limit);
            Assert.Equal(address.Port, BitConverter.ToInt32(received.Buffer));
            await target.SendAsync(received.Buffer, received.RemoteEndPoint);
            byte[] buffer = new byte[100];
            DatagramReceived answer = await flow.ReceiveAsync(buffer, default).AsTask().WaitAsync(Limit);
            Assert.Equal((4, address.ToString()), (answer.Length, answer.Source.ToString()));
        }
    }

    [Fact]
    public async Task A_slow_carrier_carries_nothing_while_a_fast_one_lives()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        await using EchoTarget target = new();
        using SlowRelay slow = new(new IPEndPoint(OwnEndPoints.NextAddress(), server.EndPoint.Port), server.EndPoint, TimeSpan.FromMilliseconds(300));
        await using PortableTransport transport = new();
        EchTunnelExitConfig config = EchTunnelPair.Exit(server.EndPoint) with { Carriers = 1, Addresses = [slow.EndPoint.Address, server.EndPoint.Address] };
        await using ExitSet exits = ExitFactory.Build(new GatewayConfig { Exits = [config] }, transport, new FakeResolver(), TimeProvider.System);
        EchTunnelExit exit = (EchTunnelExit)exits.Get("echup");
        await OneAsync(exit, target.EndPoint, 0);
        await Wait.UntilAsync(() => exit.Carriers is [_, TunnelSession { IsMeasured: true }]);
        List<DuplexStream> open = [];
        for (int i = 0; i < 10; i++)
            open.Add((await exit.DialAsync(Destination.FromEndPoint(target.EndPoint), new DialContext(), default).AsTask().WaitAsync(Limit)).Connection!);
        Assert.Equal([0, 10], exit.Carriers.Select(carrier => carrier.StreamCount));
        foreach (DuplexStream stream in open) await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_wrong_token_is_named()
    {
        await using TestGateway server = await EchTunnelPair.ServeAsync(EchTunnelPair.Inbound());
        await using PortableTransport transport = new();
        EchTunnelExitConfig config = EchTunnelPair.Exit(server.EndPoint) with { Token = new Secret("another") };
        await using ExitSet exits = ExitFactory.Build(new GatewayConfig { Exits = [config] }, transport, new FakeResolver(), TimeProvider.System);
        DialResult dial = await exits.Get("echup").DialAsync(Destination.FromAddress(IPAddress.Loopback, 1), new DialContext(), default)
            .AsTask().WaitAsync(Limit);
        Assert.Equal(DialFailure.ProxyAuthenticationFailed, dial.Failure);
        Assert.Contains("refuses the token", dial.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("another", dial.Detail, StringComparison.Ordinal);
    }

    private static async Task OneAsync(IExit exit, IPEndPoint target, int number)
    {
        DialResult dial = await exit.DialAsync(Destination.FromEndPoint(target), new DialContext { FirstPayload = BitConverter.GetBytes(number) }, default);
        Assert.True(dial.Succeeded, dial.Detail);
        await using DuplexStream connection = dial.Connection;
        byte[] back = new byte[4];
        await connection.ReadExactlyAsync(back);
        Assert.Equal(number, BitConverter.ToInt32(back));
    }

    private static async Task FloodAsync(NetworkStream target)
    {
        byte[] part = new byte[64 * 1024];
        try
        {
            while (true) await target.WriteAsync(part);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The session was ended.
        }
    }

    private static TcpListener Listen()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
