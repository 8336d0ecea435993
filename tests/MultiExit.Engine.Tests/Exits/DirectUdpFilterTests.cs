using System.Net;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

/// <summary>The peers that an association takes datagrams from at a direct exit.</summary>
public sealed class DirectUdpFilterTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(UdpFilter.None, "stranger, other port, peer")]
    [InlineData(UdpFilter.Address, "other port, peer")]
    [InlineData(UdpFilter.Port, "peer")]
    public async Task Datagrams_come_from_whom_the_filter_lets(UdpFilter filter, string expected)
    {
        await using PortableTransport transport = new();
        using UdpSocket peer = Bind("127.0.0.1"), otherPort = Bind("127.0.0.1"), stranger = Bind("127.0.0.2");
        await using IDatagramFlow flow = await OpenAsync(transport, filter, "peer.example");
        Assert.True(Destination.TryFromHost("peer.example", peer.LocalEndPoint.Port, out Destination? destination));
        Assert.True(await flow.SendAsync(destination, new byte[1], default));
        (_, IPEndPoint client) = await peer.ReceiveAsync(new byte[1], default).AsTask().WaitAsync(TestTransports.Patience);
        await stranger.SendAsync("stranger"u8.ToArray(), client, default);
        await otherPort.SendAsync("other port"u8.ToArray(), client, default);
        await peer.SendAsync("peer"u8.ToArray(), client, default);
        List<string> received = [];
        while (received.LastOrDefault() != "peer")
        {
            byte[] buffer = new byte[100];
            DatagramReceived one = await flow.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
            received.Add(System.Text.Encoding.ASCII.GetString(buffer, 0, one.Length));
        }
        Assert.Equal(expected, string.Join(", ", received));
    }

    [Fact]
    public void A_peer_may_answer_for_five_minutes_after_the_last_datagram_to_it()
    {
        UdpPeers peers = new(UdpFilter.Port, _time);
        IPEndPoint peer = IPEndPoint.Parse("192.0.2.1:53");
        Assert.False(peers.MayAnswer(peer));
        peers.Sent(peer);
        _time.Advance(UdpPeers.Lifetime - TimeSpan.FromSeconds(1));
        peers.Sent(IPEndPoint.Parse("[::ffff:192.0.2.1]:53"));
        _time.Advance(UdpPeers.Lifetime - TimeSpan.FromSeconds(1));
        Assert.True(peers.MayAnswer(peer));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(peers.MayAnswer(peer));
    }

    [Fact]
    public void Beyond_so_many_peers_the_oldest_is_forgotten()
    {
        UdpPeers peers = new(UdpFilter.Port, _time);
        for (int port = 1; port <= UdpPeers.Capacity + 1; port++)
        {
            peers.Sent(new IPEndPoint(IPAddress.Loopback, port));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.False(peers.MayAnswer(new IPEndPoint(IPAddress.Loopback, 1)));
        Assert.True(peers.MayAnswer(new IPEndPoint(IPAddress.Loopback, 2)));
        Assert.True(peers.MayAnswer(new IPEndPoint(IPAddress.Loopback, UdpPeers.Capacity + 1)));
    }

    private static UdpSocket Bind(string address) => new(new IPEndPoint(IPAddress.Parse(address), 0));

    private static async Task<IDatagramFlow> OpenAsync(PortableTransport transport, UdpFilter filter, string name)
    {
        DirectExitConfig config = new() { Name = "out", UdpFilter = filter, Address = IPAddress.Loopback };
        DirectExit exit = new(
            config, transport, new FakeResolver().Add(name, "127.0.0.1"), AddressPreference.Ipv4, TimeSpan.FromSeconds(10), TimeProvider.System);
        UdpOpenResult opened = await exit.OpenUdpAsync(new DialContext(), default);
        Assert.True(opened.Succeeded, opened.Detail);
        return opened.Flow!;
    }
}
