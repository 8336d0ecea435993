using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Socks5;

public abstract class UdpAssociationTests(TransportKind kind)
{
    private const string Header = "00000001 01020304 0035";
    private static readonly TimeSpan Limit = TestTransports.Patience;
    private static readonly Destination Target = Destination.FromAddress(IPAddress.Parse("1.2.3.4"), 53);

    [Fact]
    public async Task Datagrams_go_to_several_destinations_and_come_back_with_their_source()
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness);
        RequestInfo request = await harness.Dispatcher.NextRequestAsync();
        Assert.Equal(Network.Udp, request.Network);
        Assert.Equal("0.0.0.0:0", request.Destination.ToString());

        using UdpSocket socket = NewSocket();
        await SendAsync(socket, association, Header + "0102");
        (Destination destination, byte[] data) = await association.Session.NextAsync();
        Assert.Equal(Target, destination);
        Assert.Equal([1, 2], data);

        await SendAsync(socket, association, "00000003 0B6578616D706C652E636F6D 0050 03");
        (destination, data) = await association.Session.NextAsync();
        Assert.Equal("example.com:80", destination.ToString());
        Assert.True(destination.IsDomain);
        Assert.Equal([3], data);

        await SendAsync(socket, association, "00000004 20010DB8000000000000000000000001 0050");
        (destination, data) = await association.Session.NextAsync();
        Assert.Equal("[2001:db8::1]:80", destination.ToString());
        Assert.Empty(data);

        await association.Session.DeliverAsync(Target, [7, 8]);
        Assert.Equal("00000001010203040035" + "0708", await ReceiveAsync(socket));
        await association.Session.DeliverAsync(Destination.FromAddress(IPAddress.IPv6Loopback, 9), []);
        Assert.Equal("00000004000000000000000000000000000000010009", await ReceiveAsync(socket));
    }

    [Theory]
    [InlineData("00010001 01020304 0035 01")] // RSV
    [InlineData("00000101 01020304 0035 01")] // FRAG
    [InlineData("00008001 01020304 0035 01")]
    [InlineData("00000002 01020304 0035 01")] // unknown ATYP
    [InlineData("00000003 00 0035 01")] // empty domain
    [InlineData("00000001 010203")]
    [InlineData("0000")]
    [InlineData("")]
    public async Task Bad_datagram_is_dropped_and_does_not_pin_the_port(string datagram)
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness);
        using UdpSocket bad = NewSocket();
        using UdpSocket good = NewSocket();
        await SendAsync(bad, association, datagram);
        await SendAsync(good, association, Header + "02");
        Assert.Equal([2], (await association.Session.NextAsync()).Data);
    }

    [Fact]
    public async Task Port_is_pinned_once_learned()
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness);
        using UdpSocket first = NewSocket();
        using UdpSocket second = NewSocket();
        await SendAsync(first, association, Header + "01");
        Assert.Equal([1], (await association.Session.NextAsync()).Data);
        await SendAsync(second, association, Header + "02");
        await SendAsync(first, association, Header + "03");
        Assert.Equal([3], (await association.Session.NextAsync()).Data);
    }

    [Fact]
    public async Task The_port_beside_the_clients_own_address_is_pinned_from_the_start()
    {
        await using Socks5Harness harness = new(kind);
        using UdpSocket announced = NewSocket();
        using UdpSocket other = NewSocket();
        Association association = await AssociateAsync(harness, "017F000001" + announced.LocalEndPoint.Port.ToString("X4", CultureInfo.InvariantCulture));
        await SendAsync(other, association, Header + "01");
        await SendAsync(announced, association, Header + "02");
        Assert.Equal([2], (await association.Session.NextAsync()).Data);
    }

    // RFC 1928 section 7. A client behind NAT that names 0.0.0.0 knows its own port, not the one that its datagrams arrive from.
    [Theory]
    [InlineData("0100000000" + "1234")]
    [InlineData("04" + "00000000000000000000000000000000" + "1234")]
    [InlineData("01C0A80001" + "1234")] // the private address of a client behind NAT
    [InlineData("03016100" + "50")]
    public async Task The_port_beside_any_other_address_is_learned_from_the_first_datagram(string announced)
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness, announced);
        using UdpSocket first = NewSocket();
        using UdpSocket second = NewSocket();
        await SendAsync(first, association, Header + "01");
        Assert.Equal([1], (await association.Session.NextAsync()).Data);
        await SendAsync(second, association, Header + "02");
        await SendAsync(first, association, Header + "03");
        Assert.Equal([3], (await association.Session.NextAsync()).Data);
    }

    [Fact]
    public async Task Datagrams_from_another_address_or_port_are_dropped_and_logged_once()
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness);
        using UdpSocket stranger = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        using UdpSocket socket = NewSocket();
        using UdpSocket another = NewSocket();
        await SendAsync(stranger, association, Header + "01");
        await SendAsync(socket, association, Header + "02");
        Assert.Equal([2], (await association.Session.NextAsync()).Data);
        await SendAsync(another, association, Header + "03");
        await SendAsync(socket, association, Header + "04");
        Assert.Equal([4], (await association.Session.NextAsync()).Data);
        string text = Assert.Single(harness.Lines.Read(new LogQuery())).Message;
        Assert.Contains($"from {stranger.LocalEndPoint} are dropped: it is 127.0.0.1's", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(DialFailure.NotAllowed), "02")]
    [InlineData(nameof(DialFailure.CommandNotSupported), "07")]
    [InlineData(nameof(DialFailure.ProxyUnreachable), "01")]
    [InlineData(nameof(DialFailure.NetworkUnreachable), "03")]
    public async Task An_exit_that_carries_no_datagrams_is_told_before_one_is_sent(string failure, string reply)
    {
        await using Socks5Harness harness = new(kind);
        harness.Dispatcher.Failure = Enum.Parse<DialFailure>(failure);
        TestClient client = await harness.ConnectAsync("050100" + "05030001000000000000");
        Assert.Equal("0500" + "05" + reply + "0001000000000000", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Association_ends_with_its_connection()
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness);
        await association.Client.Stream.DisposeAsync();
        await association.Session.Closed;
        Assert.Null(await harness.EndAsync());
        // The relay port is free again.
        using UdpSocket again = new(association.Relay);
        // An answer that comes too late has no effect.
        await association.Session.DeliverAsync(Target, [1]);
    }

    [Fact]
    public async Task Bytes_on_the_connection_do_not_end_the_association()
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness);
        await association.Client.SendAsync("0102030405");
        using UdpSocket socket = NewSocket();
        await SendAsync(socket, association, Header + "01");
        Assert.Equal([1], (await association.Session.NextAsync()).Data);
    }

    [Fact]
    public async Task Idle_association_ends_and_a_datagram_either_way_prolongs_it()
    {
        await using Socks5Harness harness = new(kind, new Socks5Options { UdpIdleTimeout = TimeSpan.FromSeconds(60) });
        Association association = await AssociateAsync(harness);
        using UdpSocket socket = NewSocket();
        await harness.Time.WaitForTimersAsync(1);
        harness.Time.Advance(TimeSpan.FromSeconds(40));
        await SendAsync(socket, association, Header + "01");
        await association.Session.NextAsync();
        harness.Time.Advance(TimeSpan.FromSeconds(40));
        await association.Session.DeliverAsync(Target, [1]);
        await ReceiveAsync(socket);
        harness.Time.Advance(TimeSpan.FromSeconds(40));
        await SendAsync(socket, association, Header + "02");
        await association.Session.NextAsync();
        harness.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("", await association.Client.ReadToEndAsync());
        await association.Client.Stream.DisposeAsync();
        Assert.Null(await harness.EndAsync());
    }

    [Fact]
    public async Task Association_can_be_ended_from_outside_and_does_not_wait_for_the_client()
    {
        await using Socks5Harness harness = new(kind);
        Association association = await AssociateAsync(harness);
        association.Session.Abort(SessionOutcome.Stopped);
        Assert.Equal("", await association.Client.ReadToEndAsync());
        // The idle time, and the time for the client to close.
        await harness.Time.WaitForTimersAsync(2);
        harness.Time.Advance(TimeSpan.FromSeconds(2));
        await association.Session.Closed;
        Assert.Null(await harness.EndAsync());
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    public async Task Associations_are_capped_and_come_free_again(int perUser, int total)
    {
        await using Socks5Harness harness = new(kind, new Socks5Options { UdpPerUser = perUser, UdpTotal = total });
        Association first = await AssociateAsync(harness);
        TestClient second = await harness.ConnectAsync("050100" + "05030001000000000000");
        Assert.Equal("0500" + "05010001000000000000", await second.ReadToEndAsync());
        Assert.Equal(1, harness.Counters.Rejected);
        Assert.Contains(
            harness.Lines.Read(new LogQuery()),
            entry => entry.Message.Contains($"`udp_per_user` ({perUser}) or `udp_total` ({total}) is reached", StringComparison.Ordinal));
        await second.Stream.DisposeAsync();
        await harness.EndAsync();
        await first.Client.Stream.DisposeAsync();
        await harness.EndAsync();
        await AssociateAsync(harness);
    }

    [Fact]
    public async Task Configured_address_is_told()
    {
        await using Socks5Harness harness = new(kind, new Socks5Options { UdpAddress = IPAddress.Parse("203.0.113.5") });
        TestClient client = await harness.ConnectAsync("050100" + "05030001000000000000");
        Assert.Equal("0500" + "05000001CB007105", await client.ReadAsync(10));
        Assert.False(await client.ReadAsync(2) is "0000");
    }

    [Fact]
    public async Task Switched_off_it_is_not_supported()
    {
        await using Socks5Harness harness = new(kind, new Socks5Options { Udp = false });
        TestClient client = await harness.ConnectAsync("050100" + "05030001000000000000");
        Assert.Equal("0500" + "05070001000000000000", await client.ReadToEndAsync());
    }

    private static UdpSocket NewSocket() => new(new IPEndPoint(IPAddress.Loopback, 0));

    private static async Task<Association> AssociateAsync(Socks5Harness harness, string announced = "01000000000000")
    {
        TestClient client = await harness.ConnectAsync("050100" + "050300" + announced);
        Assert.Equal("0500" + "050000017F000001", await client.ReadAsync(10));
        int port = int.Parse(await client.ReadAsync(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Association(client, new IPEndPoint(IPAddress.Loopback, port), await harness.Dispatcher.NextAssociationAsync());
    }

    private static async Task SendAsync(UdpSocket socket, Association association, string hex) =>
        Assert.True(await socket.SendAsync(Convert.FromHexString(hex.Replace(" ", "")), association.Relay, CancellationToken.None));

    private static async Task<string> ReceiveAsync(UdpSocket socket)
    {
        byte[] buffer = new byte[65536];
        (int length, _) = await socket.ReceiveAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Limit);
        return Convert.ToHexString(buffer.AsSpan(0, length));
    }

    private sealed record Association(TestClient Client, IPEndPoint Relay, FakeUdpSession Session);

    public sealed class OnPortable() : UdpAssociationTests(TransportKind.Portable);

    // Where there is no reactor, this is the portable transport once more.
    public sealed class OnAutomatic() : UdpAssociationTests(TransportKind.Automatic);
}
