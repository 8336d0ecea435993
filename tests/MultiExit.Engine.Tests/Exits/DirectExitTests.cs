using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public abstract class DirectExitTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TestTransports.Patience;
    private const string OtherLoopback = "127.0.0.2 and its like are on no interface of this system";

    private static readonly DialContext Anywhere = new();
    private static readonly DialContext PublicOnly = new() { PrivateDestinationsAllowed = false };
    private readonly ITransport _transport;
    private readonly FakeResolver _resolver = new();

    protected DirectExitTests(TransportKind transport) => _transport = Transports.Create(transport);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_dial_connects_over_loopback(string address)
    {
        Assert.SkipUnless(OnThisHost(address), $"{address} is not on this host");
        using ISocketListener listener = _transport.Listen(new IPEndPoint(IPAddress.Parse(address), 0));
        DialResult result = await Dial(Exit(), Destination.FromEndPoint(listener.LocalEndPoint));
        Assert.True(result.Succeeded, result.Detail);
        await using SocketStream accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        Assert.Equal(accepted.RemoteEndPoint, result.LocalEndPoint);
        Assert.Equal("direct", result.Exit.Name);
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task A_name_is_resolved_and_the_address_that_answers_is_taken()
    {
        using ISocketListener listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _resolver.Add("both.example", "::1", "127.0.0.1");
        DialResult result = await Dial(Exit(), Name("both.example", listener.LocalEndPoint.Port));
        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal(AddressFamily.InterNetwork, result.LocalEndPoint!.AddressFamily);
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task The_addresses_of_the_route_are_dialed()
    {
        using ISocketListener listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        DialResult result = await Dial(
            Exit(), Name("unknown.example", listener.LocalEndPoint.Port), Anywhere with { ResolvedAddresses = [IPAddress.Loopback] });
        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal(0, _resolver.Asked);
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task A_closed_port_is_a_refused_connection()
    {
        using ClosedPort closed = new();
        Assert.Equal(DialFailure.ConnectionRefused, (await Dial(Exit(), Destination.FromEndPoint(closed.EndPoint))).Failure);
        _resolver.Add("both.example", "::1", "127.0.0.1");
        Assert.Equal(DialFailure.ConnectionRefused, (await Dial(Exit(), Name("both.example", closed.Port))).Failure);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_a_failure_that_names_it()
    {
        DialResult result = await Dial(Exit(), Name("nowhere.example", 80));
        Assert.Equal(DialFailure.NameNotResolved, result.Failure);
        Assert.Contains("nowhere.example", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.NetworkUnreachable, nameof(DialFailure.NetworkUnreachable))]
    [InlineData(SocketError.HostUnreachable, nameof(DialFailure.HostUnreachable))]
    [InlineData(SocketError.ConnectionRefused, nameof(DialFailure.ConnectionRefused))]
    [InlineData(SocketError.TimedOut, nameof(DialFailure.TimedOut))]
    [InlineData(SocketError.AddressNotAvailable, nameof(DialFailure.General))]
    [InlineData(SocketError.TooManyOpenSockets, nameof(DialFailure.General))]
    public async Task An_error_of_the_system_becomes_its_dial_failure(SocketError error, string expected)
    {
        FakeTransport transport = new();
        transport.To("203.0.113.1").Fail(error);
        DirectExit exit = new(new() { Name = "wan" }, transport, _resolver, AddressPreference.Ipv6, Patience, TimeProvider.System);
        DialResult result = await Dial(exit, Destination.FromAddress(IPAddress.Parse("203.0.113.1"), 80));
        Assert.Equal(expected, result.Failure.ToString());
        Assert.StartsWith("wan: ", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dial_times_out_while_it_connects_and_while_it_resolves()
    {
        ManualTimeProvider time = new();
        FakeTransport transport = new();
        DirectExit exit = new(new() { Name = "wan" }, transport, _resolver, AddressPreference.Ipv6, TimeSpan.FromSeconds(7), time);
        Task<DialResult> connecting = Dial(exit, Destination.FromAddress(IPAddress.Parse("203.0.113.1"), 80));
        await transport.To("203.0.113.1").Begun;
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(DialFailure.TimedOut, (await connecting).Failure);

        _resolver.Hangs = true;
        Task<DialResult> resolving = Dial(exit, Name("slow.example", 80));
        await time.WaitForTimersAsync(1);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(DialFailure.TimedOut, (await resolving).Failure);
    }

    [Fact]
    public async Task Cancellation_throws()
    {
        using CancellationTokenSource cancelled = new();
        FakeTransport transport = new();
        DirectExit exit = new(new() { Name = "wan" }, transport, _resolver, AddressPreference.Ipv6, Patience, TimeProvider.System);
        Task<DialResult> dialing = exit.DialAsync(Destination.FromAddress(IPAddress.Loopback, 80), Anywhere, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing.WaitAsync(Patience));
    }

    [LinuxFact(OtherLoopback)]
    public async Task A_connection_leaves_from_the_source_address()
    {
        using ISocketListener listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        DialResult result = await Dial(Exit("127.0.0.2"), Destination.FromEndPoint(listener.LocalEndPoint));
        Assert.True(result.Succeeded, result.Detail);
        await using SocketStream accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        Assert.Equal("127.0.0.2", accepted.RemoteEndPoint.Address.ToString());
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task A_source_address_that_is_not_on_this_host_is_named()
    {
        DialResult result = await Dial(Exit("203.0.113.77"), Destination.FromAddress(IPAddress.Loopback, 80));
        Assert.Equal(DialFailure.General, result.Failure);
        Assert.Equal("wan1: the source address 203.0.113.77 is not on this host; add it to an interface, or let snat put it into the packets", result.Detail);
        UdpOpenResult udp = await Exit("203.0.113.77").OpenUdpAsync(Anywhere, default);
        Assert.Equal(DialFailure.General, udp.Failure);
        Assert.Contains("203.0.113.77", udp.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_address_reaches_its_family_only()
    {
        DialResult result = await Dial(Exit("127.0.0.1"), Destination.FromAddress(IPAddress.IPv6Loopback, 80));
        Assert.Equal(DialFailure.NetworkUnreachable, result.Failure);
        using ISocketListener listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _resolver.Add("both.example", "2001:db8::1", "127.0.0.1").Add("six.example", "2001:db8::1");
        DialResult four = await Dial(Exit("127.0.0.1"), Name("both.example", listener.LocalEndPoint.Port));
        Assert.True(four.Succeeded, four.Detail);
        await four.Connection.DisposeAsync();
        Assert.Equal(DialFailure.NetworkUnreachable, (await Dial(Exit("127.0.0.1"), Name("six.example", 80))).Failure);
    }

    [LinuxFact(OtherLoopback)]
    public async Task Traffic_leaves_from_the_address_that_the_client_came_in_on()
    {
        DirectExit exit = FromInbound();
        using ISocketListener listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpSocket peer = new(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (string local in (string[])["127.0.0.2", "127.0.0.3", "127.0.0.2"])
        {
            DialResult result = await Dial(exit, Destination.FromEndPoint(listener.LocalEndPoint), CameInOn(local));
            Assert.True(result.Succeeded, result.Detail);
            await using SocketStream accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
            Assert.Equal(local, accepted.RemoteEndPoint.Address.ToString());
            await result.Connection.DisposeAsync();
            await using IDatagramFlow flow = (await exit.OpenUdpAsync(CameInOn(local), default)).Flow!;
            Assert.Equal(local, (await Exchange(flow, Destination.FromEndPoint(peer.LocalEndPoint), peer)).Address.ToString());
            Assert.False(await flow.SendAsync(Destination.FromAddress(IPAddress.IPv6Loopback, 9), new byte[1], default));
        }
        // Without a client, the system chooses.
        DialResult probe = await Dial(exit, Destination.FromEndPoint(listener.LocalEndPoint));
        Assert.Equal("127.0.0.1", probe.LocalEndPoint!.Address.ToString());
        await probe.Connection!.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.2", "203.0.113.1", "the client came in on 127.0.0.2, from which 203.0.113.1 cannot be reached")]
    [InlineData("192.0.2.1", "2001:db8::1", "2001:db8::1 is of another family than 192.0.2.1, the address the client came in on; let it come in by IPv6")]
    [InlineData("2001:db8::1", "192.0.2.1", "192.0.2.1 is of another family than 2001:db8::1, the address the client came in on; let it come in by IPv4")]
    [InlineData("fe80::1", "2001:db8::1", "the client came in on fe80::1, which answers to its own link only")]
    public async Task An_address_that_does_not_reach_the_target_is_named(string local, string target, string expected)
    {
        DialResult result = await Dial(FromInbound(), Destination.FromAddress(IPAddress.Parse(target), 80), CameInOn(local));
        Assert.Equal(DialFailure.NetworkUnreachable, result.Failure);
        Assert.StartsWith("wan1: " + expected, result.Detail, StringComparison.Ordinal);
    }

    [LinuxFact(OtherLoopback)]
    public async Task Only_the_addresses_of_the_inbounds_family_are_tried_for_a_name()
    {
        using ISocketListener listener = _transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        _resolver.Add("both.example", "::1", "127.0.0.1");
        DialResult result = await Dial(FromInbound(), Name("both.example", listener.LocalEndPoint.Port), CameInOn("127.0.0.4"));
        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal("127.0.0.4", result.LocalEndPoint!.Address.ToString());
        await result.Connection.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("169.254.169.254")]
    public async Task Private_destinations_are_refused_also_behind_a_name(string address)
    {
        Assert.Equal(DialFailure.NotAllowed, (await Dial(Exit(), Destination.FromAddress(IPAddress.Parse(address), 80), PublicOnly)).Failure);
        _resolver.Add("rebind.example", address);
        Assert.Equal(DialFailure.NotAllowed, (await Dial(Exit(), Name("rebind.example", 80), PublicOnly)).Failure);
        DialContext routed = PublicOnly with { ResolvedAddresses = [IPAddress.Parse(address)] };
        Assert.Equal(DialFailure.NotAllowed, (await Dial(Exit(), Name("rebind.example", 80), routed)).Failure);
    }

    [Fact]
    public async Task Only_the_allowed_addresses_of_a_name_are_tried()
    {
        FakeTransport transport = new();
        transport.To("45.0.113.1").Succeed();
        _resolver.Add("mixed.example", "10.0.0.1", "45.0.113.1", "127.0.0.1");
        DirectExit exit = new(new() { Name = "wan" }, transport, _resolver, AddressPreference.Ipv6, Patience, TimeProvider.System);
        Assert.True((await Dial(exit, Name("mixed.example", 80), PublicOnly)).Succeeded);
        Assert.Equal([IPAddress.Parse("45.0.113.1")], transport.Order);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Datagrams_are_exchanged_with_an_address_and_with_a_name_that_is_resolved_once(string address)
    {
        Assert.SkipUnless(OnThisHost(address), $"{address} is not on this host");
        using UdpSocket peer = new(new IPEndPoint(IPAddress.Parse(address), 0));
        UdpOpenResult opened = await Exit().OpenUdpAsync(Anywhere, default);
        await using IDatagramFlow flow = opened.Flow!;
        await Exchange(flow, Destination.FromEndPoint(peer.LocalEndPoint), peer);
        _resolver.Add("peer.example", address);
        await Exchange(flow, Name("peer.example", peer.LocalEndPoint.Port), peer);
        await Exchange(flow, Name("peer.example", peer.LocalEndPoint.Port), peer);
        Assert.Equal(1, _resolver.Asked);
    }

    [LinuxFact(OtherLoopback)]
    public async Task Datagrams_leave_from_the_source_address()
    {
        using UdpSocket peer = new(new IPEndPoint(IPAddress.Loopback, 0));
        await using IDatagramFlow flow = (await Exit("127.0.0.2").OpenUdpAsync(Anywhere, default)).Flow!;
        Assert.Equal("127.0.0.2", (await Exchange(flow, Destination.FromEndPoint(peer.LocalEndPoint), peer)).Address.ToString());
        Assert.False(await flow.SendAsync(Destination.FromAddress(IPAddress.IPv6Loopback, 9), new byte[1], default));
    }

    [Fact]
    public async Task Datagrams_that_cannot_go_are_dropped()
    {
        _resolver.Add("rebind.example", "127.0.0.1");
        await using IDatagramFlow flow = (await Exit().OpenUdpAsync(PublicOnly, default)).Flow!;
        Assert.False(await flow.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default));
        Assert.False(await flow.SendAsync(Name("rebind.example", 53), new byte[1], default));
        Assert.False(await flow.SendAsync(Name("nowhere.example", 53), new byte[1], default));
        Assert.False(await flow.SendAsync(Destination.FromAddress(IPAddress.Parse("203.0.113.1"), 0), new byte[1], default));
    }

    [Fact]
    public async Task A_disposed_flow_ends_the_receiver()
    {
        IDatagramFlow flow = (await Exit().OpenUdpAsync(Anywhere, default)).Flow!;
        Task receiving = flow.ReceiveAsync(new byte[10], default).AsTask();
        await flow.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => receiving.WaitAsync(Patience));
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static async Task<IPEndPoint> Exchange(IDatagramFlow flow, Destination destination, UdpSocket peer)
    {
        byte[] buffer = new byte[100];
        Assert.True(await flow.SendAsync(destination, "ping"u8.ToArray(), default));
        (int length, IPEndPoint source) = await peer.ReceiveAsync(buffer, default).AsTask().WaitAsync(Patience);
        Assert.Equal("ping"u8, buffer.AsSpan(0, length));
        Assert.True(await peer.SendAsync("pong!"u8.ToArray(), source, default));
        DatagramReceived received = await flow.ReceiveAsync(buffer, default).AsTask().WaitAsync(Patience);
        Assert.Equal("pong!"u8, buffer.AsSpan(0, received.Length));
        Assert.Equal(Destination.FromEndPoint(peer.LocalEndPoint), received.Source);
        return source;
    }

    private DirectExit Exit(string? source = null) => new(
        new() { Name = source is null ? "direct" : "wan1", Address = source is null ? null : IPAddress.Parse(source) },
        _transport, _resolver, AddressPreference.Ipv6, Patience, TimeProvider.System);

    private DirectExit FromInbound() => new(
        new() { Name = "wan1", FromInboundAddress = true }, _transport, _resolver, AddressPreference.Ipv6, Patience, TimeProvider.System);

    private static DialContext CameInOn(string local) => new()
    {
        Request = new RequestInfo
        {
            Inbound = "proxy", Client = new IPEndPoint(IPAddress.Loopback, 4000), Local = new IPEndPoint(IPAddress.Parse(local), 1080),
            Destination = Destination.FromAddress(IPAddress.Loopback, 80),
        },
    };

    private static Task<DialResult> Dial(DirectExit exit, Destination destination, DialContext? context = null) =>
        exit.DialAsync(destination, context ?? Anywhere, default).AsTask().WaitAsync(Patience);

    private static Destination Name(string name, int port) =>
        Destination.TryFromHost(name, port, out Destination? destination) ? destination : throw new ArgumentException(name);

    private static bool OnThisHost(string address)
    {
        try
        {
            using UdpSocket socket = new(new IPEndPoint(IPAddress.Parse(address), 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
