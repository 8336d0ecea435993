using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

public sealed class GatewayServerTests
{
    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_socks5_session_is_served_and_counted(TransportKind kind)
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(), kind);
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        await client.WriteAsync("hello"u8.ToArray());
        await client.ReadExactlyAsync(new byte[5]).AsTask().WaitAsync(TestTransports.Patience);
        SessionRecord session = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal(target.EndPoint.ToString(), session.Destination);
        Assert.Equal("direct", session.Exit);
        await client.CompleteWritesAsync(default);
        Assert.Empty(await TestTransports.ReadToEndAsync(client));
        await gateway.Server.StopAsync();
        ServerStatus status = gateway.Server.GetStatus();
        Assert.Equal(ServerState.Stopped, status.State);
        Assert.Equal((5L, 5L, 1L), (status.BytesUp, status.BytesDown, status.TotalSessions));
        Assert.True(gateway.Server.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_port_in_use_starts_nothing()
    {
        using ISocketListener taken = new PortableTransport().Listen(new IPEndPoint(IPAddress.Loopback, 0));
        GatewayConfig config = new()
        {
            Inbounds =
            [
                new MixedInboundConfig { Name = "first", Listen = new IPEndPoint(IPAddress.Loopback, 0) },
                new MixedInboundConfig { Name = "second", Listen = taken.LocalEndPoint },
            ],
        };
        ProxyException failure = await Assert.ThrowsAsync<ProxyException>(() => GatewayServer.StartAsync(config));
        Assert.Equal(ProxyError.AddressInUse, failure.Reason);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_handshake_that_takes_too_long_is_ended(TransportKind kind)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { HandshakeTimeout = TimeSpan.FromMilliseconds(200) }), kind);
        await using SocketStream silent = await gateway.ConnectAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => silent.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        await using SocketStream halfSaid = await gateway.ConnectAsync();
        await halfSaid.WriteAsync(new byte[] { 5 });
        await Assert.ThrowsAnyAsync<IOException>(() => halfSaid.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_idle_session_is_ended_and_a_busy_one_is_not(TransportKind kind)
    {
        await using EchoTarget target = new();
        ManualTimeProvider time = new();
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { IdleTimeout = TimeSpan.FromSeconds(10) }), new GatewayOptions { Transport = kind, Time = time });
        await using SocketStream idle = await gateway.ConnectThroughAsync(target.EndPoint);
        await using SocketStream busy = await gateway.ConnectThroughAsync(target.EndPoint);
        Task<int> waiting = idle.ReadAsync(new byte[1]).AsTask();
        while (!waiting.IsCompleted)
        {
            await busy.WriteAsync(new byte[1]);
            await busy.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await Assert.ThrowsAnyAsync<IOException>(() => waiting);
        await busy.WriteAsync(new byte[1]);
        await busy.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task Connection_limits_close_the_excess_and_count_it()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(new LimitsConfig { PerClient = new ScopeLimits { Connections = 2 } }));
        SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint);
        await using SocketStream second = await gateway.ConnectThroughAsync(target.EndPoint);
        await using (SocketStream third = await gateway.ConnectAsync())
            Assert.Equal(0, await third.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Equal(1, gateway.Server.GetStatus().Rejected);
        // An ended connection gives its place back.
        await first.CompleteWritesAsync(default);
        Assert.Empty(await TestTransports.ReadToEndAsync(first));
        await first.DisposeAsync();
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Connections == 1);
        await using SocketStream fourth = await gateway.ConnectThroughAsync(target.EndPoint);
    }

    [Fact]
    public async Task A_reload_keeps_sockets_and_live_sessions()
    {
        await using EchoTarget target = new();
        GatewayConfig config = TestGateway.Mixed();
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        IPEndPoint endPoint = gateway.EndPoint;
        await using SocketStream before = await gateway.ConnectThroughAsync(target.EndPoint);
        InboundConfig added = new MixedInboundConfig { Name = "second", Listen = OwnEndPoints.Next() };
        await gateway.Server.ReloadAsync(config with { Inbounds = [.. config.Inbounds, added], Default = "block" });
        Assert.Equal(endPoint, gateway.EndPoint);
        Assert.Equal(2, gateway.Server.GetStatus().Listeners.Count);
        await before.WriteAsync(new byte[1]);
        await before.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience);
        // New sessions see the new route: SOCKS reply 02, not allowed by ruleset.
        await using SocketStream after = await gateway.ConnectAsync();
        await after.WriteAsync(new byte[] { 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 9 });
        byte[] reply = new byte[12];
        await after.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(2, reply[3]);
        // A removed inbound closes its socket.
        IPEndPoint removed = gateway.Server.GetStatus().Listeners[1].EndPoint;
        await gateway.Server.ReloadAsync(config);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => gateway.ConnectAsync(removed));
    }

    [Fact]
    public async Task A_reload_that_cannot_bind_changes_nothing()
    {
        await using EchoTarget target = new();
        GatewayConfig config = TestGateway.Mixed();
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        InboundConfig impossible = new MixedInboundConfig { Name = "second", Listen = target.EndPoint };
        await Assert.ThrowsAsync<ProxyException>(
            () => gateway.Server.ReloadAsync(config with { Inbounds = [.. config.Inbounds, impossible], Default = "block" }));
        Assert.Same(config, gateway.Server.Config);
        Assert.Single(gateway.Server.GetStatus().Listeners);
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
    }

    [Fact]
    public async Task A_stop_waits_for_live_sessions_and_refuses_new_ones()
    {
        await using EchoTarget target = new();
        IPEndPoint endPoint = OwnEndPoints.Next();
        await using TestGateway gateway = await TestGateway.StartAsync(
            new GatewayConfig { Inbounds = [new MixedInboundConfig { Name = "proxy", Listen = endPoint }] });
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        Task stopping = gateway.Server.StopAsync(TestTransports.Patience);
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => gateway.ConnectAsync(endPoint));
        Assert.Equal(ServerState.Draining, gateway.Server.GetStatus().State);
        await client.WriteAsync("last words"u8.ToArray());
        await client.CompleteWritesAsync(default);
        Assert.Equal("last words"u8.ToArray(), await TestTransports.ReadToEndAsync(client));
        await stopping.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_stop_cuts_what_outlasts_the_drain()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed());
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        await gateway.Server.StopAsync(TimeSpan.FromMilliseconds(50)).WaitAsync(TestTransports.Patience);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    [Fact]
    public async Task A_reload_moves_the_log_only_when_all_of_it_is_in_force()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("multiexit-");
        try
        {
            await using EchoTarget taken = new();
            GatewayConfig config = TestGateway.Mixed() with { Logging = LogTo("old") };
            await using (ManagedServer server = await ControlledGateway.StartServerAsync(config))
            {
                InboundConfig impossible = new MixedInboundConfig { Name = "second", Listen = taken.EndPoint };
                await Assert.ThrowsAsync<ProxyException>(() => server.ApplyAsync(
                    ControlledGateway.Read(config with { Inbounds = [.. config.Inbounds, impossible], Logging = LogTo("refused") })));
                await server.ApplyAsync(ControlledGateway.Read(config with { Logging = LogTo("new") }));
            }
            Assert.Contains("MX1004", Read("old"), StringComparison.Ordinal);
            Assert.Equal("", Read("refused"));
            Assert.Contains("MX1003", Read("new"), StringComparison.Ordinal);
            Assert.Contains("MX1006", Read("new"), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        LoggingConfig LogTo(string name) => new() { File = Path.Combine(folder.FullName, name + ".log") };

        string Read(string name) => string.Concat(folder.GetFiles(name + "*").Select(file => File.ReadAllText(file.FullName)));
    }
}
