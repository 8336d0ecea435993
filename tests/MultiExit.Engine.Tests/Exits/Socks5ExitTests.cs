using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Exits.Socks5;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Tests.Inbounds.Socks5;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Exits;

public sealed class Socks5ExitTests
{
    private const string ConnectRequest = "05010001010203040050";
    private static readonly Destination Target = Destination.FromAddress(IPAddress.Parse("1.2.3.4"), 80);
    private static readonly TimeSpan Limit = TestTransports.Patience;

    [Fact]
    public async Task Payload_right_behind_the_reply_is_kept()
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint));
        TestClient peer = await proxy.AcceptedAsync();
        Assert.Equal("050100", await peer.ReadAsync(3));
        await peer.SendByteByByteAsync("0500");
        Assert.Equal(ConnectRequest, await peer.ReadAsync(10));
        await peer.SendAsync("05000001C00002079C40" + "CAFE");
        DialResult result = await dial;
        Assert.True(result.Succeeded);
        Assert.Equal("192.0.2.7:40000", result.LocalEndPoint?.ToString());
        TestClient client = new(result.Connection);
        Assert.Equal("CAFE", await client.ReadAsync(2));
        await client.SendAsync("BABE");
        Assert.Equal("BABE", await peer.ReadAsync(2));
        await result.Connection.DisposeAsync();
    }

    [Theory]
    [InlineData("05000003076578616D706C6500FF")] // a domain as BND
    [InlineData("05000001000000000000")]
    [InlineData("050000040000000000000000000000000000000000FF")]
    public async Task Reply_in_single_bytes_without_an_address_is_a_success(string reply)
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint));
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(3);
        await peer.SendAsync("0500");
        await peer.ReadAsync(10);
        await peer.SendByteByByteAsync(reply);
        DialResult result = await dial;
        Assert.True(result.Succeeded);
        Assert.Null(result.LocalEndPoint);
    }

    [Fact]
    public async Task Credentials_are_sent_when_asked_for()
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint, username: "alice"));
        TestClient peer = await proxy.AcceptedAsync();
        Assert.Equal("05020002", await peer.ReadAsync(4));
        await peer.SendAsync("0502");
        Assert.Equal("0105616C69636506736563726574", await peer.ReadAsync(14));
        await peer.SendAsync("0100");
        Assert.Equal(ConnectRequest, await peer.ReadAsync(10));
        await peer.SendAsync("05000001000000000000");
        Assert.True((await dial).Succeeded);
    }

    [Theory]
    [InlineData("05FF", null, DialFailure.ProxyAuthenticationFailed)]
    [InlineData("0502", null, DialFailure.ProxyProtocolError)]
    [InlineData("0501", null, DialFailure.ProxyProtocolError)]
    [InlineData("0400", null, DialFailure.ProxyProtocolError)]
    [InlineData("", null, DialFailure.ProxyProtocolError)]
    [InlineData("05", null, DialFailure.ProxyProtocolError)]
    [InlineData("0500", "05010001000000000000", DialFailure.General)]
    [InlineData("0500", "05020001000000000000", DialFailure.NotAllowed)]
    [InlineData("0500", "05030001000000000000", DialFailure.NetworkUnreachable)]
    [InlineData("0500", "0504", DialFailure.HostUnreachable)]
    [InlineData("0500", "050500", DialFailure.ConnectionRefused)]
    [InlineData("0500", "05060000", DialFailure.TtlExpired)]
    [InlineData("0500", "05070001000000000000", DialFailure.CommandNotSupported)]
    [InlineData("0500", "055B0001000000000000", DialFailure.General)]
    [InlineData("0500", "0500000100", DialFailure.ProxyProtocolError)]
    [InlineData("0500", "05000009", DialFailure.ProxyProtocolError)]
    [InlineData("0500", "", DialFailure.ProxyProtocolError)]
    internal async Task Failure_has_its_reason(string method, string? reply, DialFailure expected)
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint));
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(3);
        await peer.SendAsync(method);
        if (reply is not null)
        {
            await peer.ReadAsync(10);
            await peer.SendAsync(reply);
        }
        await peer.Stream.CompleteWritesAsync(CancellationToken.None);
        DialResult result = await dial;
        Assert.False(result.Succeeded);
        Assert.Equal(expected, result.Failure);
        Assert.StartsWith("upstream: ", result.Detail, StringComparison.Ordinal);
        // The connection is closed, not leaked.
        await peer.ReadToEndOrResetAsync();
    }

    [Fact]
    public async Task Refused_credentials_are_told_without_the_secret()
    {
        using ScriptedProxy proxy = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint, username: "alice"));
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(4);
        await peer.SendAsync("0502");
        await peer.ReadAsync(14);
        await peer.SendAsync("0101");
        DialResult result = await dial;
        Assert.Equal(DialFailure.ProxyAuthenticationFailed, result.Failure);
        Assert.DoesNotContain("secret", result.Detail!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_proxy_is_unreachable()
    {
        using ScriptedProxy proxy = new();
        ManualTimeProvider time = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint, time: time));
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(3);
        time.Advance(Limit);
        Assert.Equal(DialFailure.ProxyUnreachable, (await dial).Failure);
    }

    [Fact]
    public async Task Silent_target_is_a_time_out()
    {
        using ScriptedProxy proxy = new();
        ManualTimeProvider time = new();
        Task<DialResult> dial = DialAsync(Exit(proxy.EndPoint, time: time));
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(3);
        await peer.SendAsync("0500");
        await peer.ReadAsync(10);
        time.Advance(Limit);
        Assert.Equal(DialFailure.TimedOut, (await dial).Failure);
    }

    [Fact]
    public async Task Cancellation_throws()
    {
        using ScriptedProxy proxy = new();
        using CancellationTokenSource cancellation = new();
        Task<DialResult> dial = Exit(proxy.EndPoint).DialAsync(Target, new DialContext(), cancellation.Token).AsTask();
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(3);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial.WaitAsync(Limit));
    }

    [Theory]
    [InlineData(DialFailure.ConnectionRefused)]
    [InlineData(DialFailure.NotAllowed)]
    internal async Task Unreachable_proxy_is_tried_again_and_never_the_targets_fault(DialFailure failure)
    {
        FakeExit via = new("via", failure);
        Socks5Exit exit = new(Config(new IPEndPoint(IPAddress.Loopback, 1)) with { Retries = 2 }, via, null, Limit, TimeProvider.System);
        DialResult result = await DialAsync(exit);
        Assert.Equal(DialFailure.ProxyUnreachable, result.Failure);
        Assert.Same(exit, result.Exit);
        Assert.Equal(3, via.Dials);
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("2001:db8::1")]
    [InlineData("1.2.3.4")]
    public async Task Own_inbound_is_a_peer(string host)
    {
        await using Socks5Harness server = new(null, new UserConfig("alice", new Secret("secret")));
        Assert.True(Destination.TryFromHost(host, 443, out Destination? destination));
        DialResult result = await Exit(server.EndPoint, username: "alice").DialAsync(destination, new DialContext(), CancellationToken.None);
        Assert.True(result.Succeeded, result.Detail);
        Assert.Equal(destination, (await server.Dispatcher.NextRequestAsync()).Destination);
        TestClient client = new(result.Connection);
        await client.SendAsync("0102");
        Assert.Equal("0102", await client.ReadAsync(2));
        await result.Connection.CompleteWritesAsync(CancellationToken.None);
        Assert.Equal("", await client.ReadToEndAsync());
        await result.Connection.DisposeAsync();
    }

    [Fact]
    public async Task Own_inbounds_failure_comes_through()
    {
        await using Socks5Harness server = new();
        server.Dispatcher.Failure = DialFailure.ConnectionRefused;
        Assert.Equal(DialFailure.ConnectionRefused, (await DialAsync(Exit(server.EndPoint))).Failure);
    }

    [Fact]
    public async Task Datagrams_go_through_own_inbound_to_several_destinations()
    {
        await using Socks5Harness server = new();
        UdpOpenResult opened = await Exit(server.EndPoint).OpenUdpAsync(new DialContext(), CancellationToken.None);
        Assert.True(opened.Succeeded, opened.Detail);
        await using IDatagramFlow flow = opened.Flow;
        FakeUdpSession session = await server.Dispatcher.NextAssociationAsync();
        Assert.True(Destination.TryFromHost("example.com", 53, out Destination? domain));
        byte[] buffer = new byte[65536];
        foreach (Destination destination in new[] { Target, domain })
        {
            Assert.True(await flow.SendAsync(destination, new byte[] { 1, 2, 3 }, CancellationToken.None));
            (Destination sentTo, byte[] data) = await session.NextAsync();
            Assert.Equal(destination, sentTo);
            Assert.Equal([1, 2, 3], data);
            await session.DeliverAsync(Target, [4, 5]);
            DatagramReceived received = await flow.ReceiveAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Limit);
            Assert.Equal(Target, received.Source);
            Assert.Equal([4, 5], buffer[..received.Length]);
        }
    }

    [Fact]
    public async Task Unspecified_relay_address_is_the_servers_and_the_connections_end_ends_the_flow()
    {
        using ScriptedProxy proxy = new();
        using UdpSocket relay = new(new IPEndPoint(IPAddress.Loopback, 0));
        Task<UdpOpenResult> open = Exit(proxy.EndPoint).OpenUdpAsync(new DialContext(), CancellationToken.None).AsTask().WaitAsync(Limit);
        TestClient peer = await proxy.AcceptedAsync();
        await peer.ReadAsync(3);
        await peer.SendAsync("0500");
        Assert.Equal("05030001000000000000", await peer.ReadAsync(10));
        await peer.SendAsync("05000001" + "00000000" + relay.LocalEndPoint.Port.ToString("X4"));
        UdpOpenResult opened = await open;
        Assert.True(opened.Succeeded, opened.Detail);
        await opened.Flow.SendAsync(Target, new byte[] { 9 }, CancellationToken.None);
        byte[] buffer = new byte[65536];
        (int length, IPEndPoint source) = await relay.ReceiveAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Limit);
        Assert.Equal("00000001010203040050" + "09", Convert.ToHexString(buffer.AsSpan(0, length)));

        // Datagrams of other senders, fragments and broken datagrams do not come through.
        using UdpSocket stranger = new(new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint flow = new(IPAddress.Loopback, source.Port);
        await stranger.SendAsync(Convert.FromHexString("0000000101020304005001"), flow, CancellationToken.None);
        await relay.SendAsync(Convert.FromHexString("0000010101020304005002"), flow, CancellationToken.None);
        await relay.SendAsync(Convert.FromHexString("000000"), flow, CancellationToken.None);
        await relay.SendAsync(Convert.FromHexString("0000000101020304005003"), flow, CancellationToken.None);
        DatagramReceived received = await opened.Flow.ReceiveAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Limit);
        Assert.Equal([3], buffer[..received.Length]);

        Task<DatagramReceived> pending = opened.Flow.ReceiveAsync(buffer, CancellationToken.None).AsTask();
        await peer.Stream.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => pending.WaitAsync(Limit));
        await opened.Flow.DisposeAsync();
    }

    [Fact]
    public async Task Proxy_without_udp_says_so()
    {
        await using Socks5Harness server = new(new Socks5Options { Udp = false });
        Assert.Equal(DialFailure.CommandNotSupported,
            (await Exit(server.EndPoint).OpenUdpAsync(new DialContext(), CancellationToken.None)).Failure);
    }

    private static Task<DialResult> DialAsync(Socks5Exit exit) =>
        exit.DialAsync(Target, new DialContext(), CancellationToken.None).AsTask().WaitAsync(Limit);

    private static Socks5Exit Exit(IPEndPoint server, string? username = null, TimeProvider? time = null)
    {
        DirectExit direct = new(
            new DirectExitConfig { Name = "direct" }, new PortableTransport(), new FakeResolver(), AddressPreference.Ipv6, Limit, TimeProvider.System);
        return new(Config(server, username), direct, null, Limit, time ?? TimeProvider.System);
    }

    private static Socks5ExitConfig Config(IPEndPoint server, string? username = null) => new()
    {
        Name = "upstream",
        Server = Destination.FromEndPoint(server),
        Username = username,
        Password = username is null ? null : new Secret("secret"),
        Timeout = Limit,
    };
}
