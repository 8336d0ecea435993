using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Server;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>A reload that exchanges one address for all of them on the same port, or all for one.</summary>
public sealed class GatewayServerPortTests
{
    private const int Clients = 4;
    private const int Rounds = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [LinuxTheory("SO_REUSEPORT as Linux has it")]
    [InlineData("127.0.0.1", "0.0.0.0", "127.0.0.1", TransportKind.Reactor)]
    [InlineData("127.0.0.1", "0.0.0.0", "127.0.0.1", TransportKind.Portable)]
    [InlineData("127.0.0.1", "::", "127.0.0.1", TransportKind.Reactor)]
    [InlineData("127.0.0.1", "::", "127.0.0.1", TransportKind.Portable)]
    [InlineData("0.0.0.0", "::", "127.0.0.1", TransportKind.Reactor)]
    [InlineData("::1", "::", "::1", TransportKind.Reactor)]
    [InlineData("::1", "::", "::1", TransportKind.Portable)]
    public async Task No_connection_is_refused_while_the_addresses_of_a_port_change(string first, string second, string client, TransportKind kind)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !$"{first}{second}".Contains(':', StringComparison.Ordinal), "this host has no IPv6");
        int port = OwnEndPoints.NextPort();
        await using TestGateway gateway = await TestGateway.StartAsync(On(first, port), kind);
        using CancellationTokenSource done = new();
        int greeted = 0;
        async Task GreetAsync()
        {
            for (; !done.IsCancellationRequested; Interlocked.Increment(ref greeted)) await GreetOnceAsync(new(IPAddress.Parse(client), port));
        }
        Task clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(GreetAsync)));
        for (int round = 0; round < Rounds; round++)
        {
            int before = Volatile.Read(ref greeted);
            await Wait.UntilAsync(() => Volatile.Read(ref greeted) >= before + Clients || clients.IsCompleted);
            await gateway.Server.ReloadAsync(On(second, port));
            Assert.Equal(IPAddress.Parse(second), Assert.Single(gateway.Server.GetStatus().Listeners).EndPoint.Address);
            await gateway.Server.ReloadAsync(On(first, port));
            Assert.Equal(IPAddress.Parse(first), Assert.Single(gateway.Server.GetStatus().Listeners).EndPoint.Address);
        }
        await done.CancelAsync();
        await clients.WaitAsync(Patience);
    }

    [LinuxFact("SO_REUSEPORT as Linux has it")]
    public async Task An_address_that_is_listened_on_no_longer_is_refused_within_seconds()
    {
        int port = OwnEndPoints.NextPort();
        await using TestGateway gateway = await TestGateway.StartAsync(On("127.0.0.1", port));
        await gateway.Server.ReloadAsync(On("0.0.0.0", port));
        IPEndPoint other = new(IPAddress.Parse("127.0.0.2"), port);
        await GreetOnceAsync(other);
        await gateway.Server.ReloadAsync(On("127.0.0.1", port));
        await Wait.UntilAsync(async () =>
        {
            try
            {
                await GreetOnceAsync(other);
                return false;
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                return exception is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
            }
        });
        await GreetOnceAsync(new(IPAddress.Loopback, port));
    }

    [LinuxTheory("SO_REUSEPORT as Linux has it")]
    [InlineData(TransportKind.Reactor)]
    [InlineData(TransportKind.Portable)]
    public async Task The_way_back_to_all_addresses_is_open_after_the_old_listener_has_closed(TransportKind kind)
    {
        ManualTimeProvider time = new();
        int port = OwnEndPoints.NextPort();
        await using TestGateway gateway = await TestGateway.StartAsync(On("0.0.0.0", port), new GatewayOptions { Transport = kind, Time = time });
        await gateway.Server.ReloadAsync(On("127.0.0.1", port));
        time.Advance(TimeSpan.FromSeconds(2));
        await gateway.Server.ReloadAsync(On("0.0.0.0", port));
        await GreetOnceAsync(new(IPAddress.Parse("127.0.0.2"), port));
        await GreetOnceAsync(new(IPAddress.Loopback, port));
    }

    [LinuxFact("SO_REUSEPORT as Linux has it")]
    public async Task A_refused_reload_leaves_what_was_handed_over_as_it_was()
    {
        int port = OwnEndPoints.NextPort();
        await using TestGateway gateway = await TestGateway.StartAsync(On("127.0.0.1", port));
        await gateway.Server.ReloadAsync(On("0.0.0.0", port));
        using TcpListener taken = new(IPAddress.Parse("127.0.78.1"), 0);
        taken.Start();
        GatewayConfig impossible = On("127.0.0.1", port);
        impossible = impossible with
        {
            Inbounds = [.. impossible.Inbounds, new Socks5InboundConfig { Name = "other", Listen = (IPEndPoint)taken.LocalEndpoint }],
        };
        await Assert.ThrowsAsync<ProxyException>(() => gateway.Server.ReloadAsync(impossible));
        await GreetOnceAsync(new(IPAddress.Loopback, port));
        await GreetOnceAsync(new(IPAddress.Parse("127.0.0.2"), port));
        // The listener on one address still exists, and is taken again.
        await gateway.Server.ReloadAsync(On("127.0.0.1", port));
        await GreetOnceAsync(new(IPAddress.Loopback, port));
    }

    [LinuxFact("SO_REUSEPORT as Linux has it")]
    public async Task After_a_stop_nothing_listens_on_the_port_whatever_it_was_handed_over_from()
    {
        int port = OwnEndPoints.NextPort();
        TestGateway gateway = await TestGateway.StartAsync(On("127.0.0.1", port));
        await gateway.Server.ReloadAsync(On("0.0.0.0", port));
        await gateway.DisposeAsync();
        using TcpListener free = new(IPAddress.Any, port);
        free.Start();
    }

    private static GatewayConfig On(string address, int port) => new()
    {
        Inbounds = [new Socks5InboundConfig { Name = "in", Listen = new(IPAddress.Parse(address), port) }],
    };

    // RFC 1928 section 3.
    private static async Task GreetOnceAsync(IPEndPoint proxy)
    {
        using Socket socket = new(proxy.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(proxy).WaitAsync(Patience);
        await using NetworkStream stream = new(socket);
        await stream.WriteAsync((byte[])[5, 1, 0]);
        byte[] answer = new byte[2];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(Patience);
        Assert.Equal([5, 0], answer);
    }
}
