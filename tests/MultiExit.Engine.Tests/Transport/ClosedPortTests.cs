using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Transport;

/// <summary>What tests count on where they say that nobody listens, or that a port is free again.</summary>
public sealed class ClosedPortTests
{
    private const string Why = "SO_REUSEADDR, and the range of ports, as Linux has them";

    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [LinuxTheory(Why), MemberData(nameof(Kinds))]
    public async Task A_closed_port_refuses_connections_and_cannot_be_listened_on(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ClosedPort closed = new();
        List<IPAddress> addresses = [IPAddress.Loopback, OwnEndPoints.NextAddress()];
        if (Socket.OSSupportsIPv6) addresses.Add(IPAddress.IPv6Loopback);
        foreach (IPEndPoint endPoint in addresses.Select(address => new IPEndPoint(address, closed.Port)))
        {
            SocketException refused = await Assert.ThrowsAsync<SocketException>(
                () => transport.ConnectAsync(endPoint, default, default).AsTask().WaitAsync(TestTransports.Patience));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
            Assert.Equal(ProxyError.AddressInUse, Assert.Throws<ProxyException>(() => transport.Listen(endPoint)).Reason);
            using TcpListener other = new(endPoint);
            Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(other.Start).SocketErrorCode);
        }
    }

    [LinuxTheory(Why), MemberData(nameof(Kinds))]
    public async Task A_closed_port_of_datagrams_is_unreachable_and_cannot_be_bound(TransportKind kind)
    {
        await using ITransport transport = Transports.Create(kind);
        using ClosedPort closed = new(SocketType.Dgram);
        using Socket sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await sender.ConnectAsync(closed.EndPoint);
        await sender.SendAsync(new byte[1]);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => sender.ReceiveAsync(new byte[1]).WaitAsync(TestTransports.Patience));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => transport.BindUdp(closed.EndPoint)).SocketErrorCode);
    }

    [LinuxTheory(Why)]
    [InlineData(SocketType.Stream)]
    [InlineData(SocketType.Dgram)]
    public void Whoever_asks_for_any_port_gets_neither_a_closed_one_nor_one_of_a_test_of_its_own(SocketType type)
    {
        using ClosedPort closed = new(type);
        int lowest = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0], CultureInfo.InvariantCulture);
        Assert.InRange(OwnEndPoints.NextPort(), 1, lowest - 1);
        for (int i = 0; i < 10_000; i++)
        {
            using Socket other = new(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
            other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)other.LocalEndPoint!).Port;
            Assert.NotEqual(closed.Port, port);
            Assert.InRange(port, lowest, IPEndPoint.MaxPort);
        }
    }

    [LinuxFact(Why)]
    public void Addresses_of_a_tests_own_differ() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => OwnEndPoints.NextAddress()).Distinct().Count());
}
