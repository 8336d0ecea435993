using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Protocols.ProxyProtocol;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Listening;

/// <summary>Clients that a load balancer passes on with a header of the PROXY protocol: everything goes by the client's own address.</summary>
public sealed class ProxyProtocolTests
{
    private static readonly IPNetwork Loopback = IPNetwork.Parse("127.0.0.0/8");
    private static readonly IPEndPoint Alice = IPEndPoint.Parse("192.0.2.7:50000");
    private static readonly IPEndPoint Bob = IPEndPoint.Parse("192.0.2.8:50000");
    private static readonly IPEndPoint Front = IPEndPoint.Parse("198.51.100.9:1080");
    private static readonly UserConfig User = new("alice", new Secret("secret"));

    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_client_of_the_header_is_the_client_of_the_session(TransportKind kind)
    {
        await using TestGateway gateway = await StartAsync(kind: kind);
        await using EchoTarget target = new();
        await using SocketStream client = await ThroughAsync(gateway, Line(Alice), target.EndPoint);
        SessionRecord session = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal((Alice, IPAddress.Loopback), (session.Client, session.Local.Address));
        await EchoAsync(client);
    }

    [Fact]
    public async Task A_header_may_come_in_pieces_and_together_with_what_follows()
    {
        await using TestGateway gateway = await StartAsync();
        foreach (byte[] header in (byte[][])[Line(Alice), Binary(Alice)])
        {
            SocketStream slow = await gateway.ConnectAsync();
            await using (slow)
            {
                foreach (byte value in (byte[])[.. header, 5, 1, 0]) await slow.WriteAsync(new[] { value });
                await ExpectAsync(slow, "0500");
            }
            SocketStream quick = await gateway.ConnectAsync();
            await using (quick)
            {
                await quick.WriteAsync((byte[])[.. header, 5, 1, 0]);
                await ExpectAsync(quick, "0500");
            }
        }
    }

    [Fact]
    public async Task Name_and_id_of_the_header_are_in_the_record()
    {
        await using TestGateway gateway = await StartAsync();
        await using EchoTarget target = new();
        byte[] header = [.. Binary(Alice), 2, 0, 11, .. "hub.example"u8, 5, 0, 2, 0, 255];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(header.Length - 16));
        await using SocketStream client = await ThroughAsync(gateway, header, target.EndPoint);
        SessionRecord session = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal(("hub.example", "00ff"), (session.ProxiedName, session.ProxiedId));
    }

    [Theory]
    [InlineData("50524f585920554e4b4e4f574e0d0a")] // UNKNOWN
    [InlineData("0d0a0d0a000d0a515549540a20000000")] // LOCAL
    [InlineData("0d0a0d0a000d0a515549540a2011000cc0000207c6336409c35001bb")] // LOCAL with an address
    [InlineData("0d0a0d0a000d0a515549540a21000000")] // UNSPEC
    public async Task A_connection_of_the_balancers_own_has_its_address(string hex)
    {
        await using TestGateway gateway = await StartAsync();
        await using EchoTarget target = new();
        await using SocketStream client = await ThroughAsync(gateway, Convert.FromHexString(hex), target.EndPoint);
        Assert.True(IPAddress.IsLoopback(Assert.Single(gateway.Server.GetSessions()).Client.Address));
    }

    [Theory]
    [InlineData("050100", "the first byte is of no PROXY header")]
    [InlineData("474554202f20485454502f312e310d0a0d0a", "the first byte is of no PROXY header")]
    [InlineData("50524f58592054435034203139322e302e322e370d0a", "the line is not PROXY TCP4 or TCP6")]
    [InlineData("0d0a0d0a000d0a515549540a31", "version 3 behind the signature of version 2")]
    public async Task A_balancer_that_sends_no_header_is_closed_and_logged(string hex, string reason)
    {
        await using TestGateway gateway = await StartAsync();
        SocketStream client = await gateway.ConnectAsync();
        await using (client)
        {
            await client.WriteAsync(Convert.FromHexString(hex));
            await AssertClosedAsync(client);
        }
        await Wait.UntilAsync(() => gateway.Server.GetLog(new LogQuery { Ids = ["MX1094"] }).Count == 1);
        Assert.Contains(reason, gateway.Server.GetLog(new LogQuery { Ids = ["MX1094"] })[0].Message, StringComparison.Ordinal);
        Assert.Equal(1, gateway.Server.GetStatus().Faults);
    }

    [Fact]
    public async Task A_header_that_ends_early_is_logged_and_a_check_that_only_connects_is_not()
    {
        await using TestGateway gateway = await StartAsync();
        await using (SocketStream check = await gateway.ConnectAsync())
        {
            await check.CompleteWritesAsync(default);
            await AssertClosedAsync(check);
        }
        Assert.Empty(gateway.Server.GetLog(new LogQuery { Ids = ["MX1094"] }));
        await using SocketStream half = await gateway.ConnectAsync();
        await half.WriteAsync("PROXY TCP4"u8.ToArray());
        await half.CompleteWritesAsync(default);
        await AssertClosedAsync(half);
        await Wait.UntilAsync(() => gateway.Server.GetLog(new LogQuery { Ids = ["MX1094"] }).Count == 1);
    }

    [Fact]
    public async Task A_header_that_does_not_come_ends_with_the_time_of_handshakes()
    {
        await using TestGateway gateway = await StartAsync(limits: new LimitsConfig { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync("PROXY"u8.ToArray());
        await AssertClosedAsync(client);
        await Wait.UntilAsync(() => gateway.Server.GetLog(new LogQuery { Ids = ["MX2001"] }).Count == 1);
    }

    [Fact]
    public async Task A_header_from_elsewhere_is_a_breach_of_the_inbounds_protocol()
    {
        await using TestGateway gateway = await StartAsync(inbound => inbound with { ProxyProtocolFrom = [IPNetwork.Parse("10.0.0.0/8")] });
        SocketStream forged = await gateway.ConnectAsync();
        await using (forged)
        {
            await forged.WriteAsync((byte[])[.. Line(Alice), 5, 1, 0]);
            await AssertClosedAsync(forged);
        }
        await Wait.UntilAsync(() => gateway.Server.GetLog(new LogQuery { Ids = ["MX2000"] }).Count == 1);
        Assert.Empty(gateway.Server.GetSessions());
        // Without a header it is a client like any other.
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync(new byte[] { 5, 1, 0 });
        await ExpectAsync(client, "0500");
    }

    [Theory]
    [InlineData("192.0.2.0/24", true)]
    [InlineData("203.0.113.0/24", false)]
    [InlineData("127.0.0.0/8", false)]
    public async Task Allow_goes_by_the_address_of_the_header(string network, bool isLetIn)
    {
        await using TestGateway gateway = await StartAsync(inbound => inbound with { Allow = [IPNetwork.Parse(network)] });
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[.. Line(Alice), 5, 1, 0]);
        if (isLetIn) await ExpectAsync(client, "0500");
        else
        {
            await AssertClosedAsync(client);
            LogEntry entry = Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX2004"] }));
            Assert.Contains("192.0.2.7:50000 was not let in: its address is not in `allow`", entry.Message, StringComparison.Ordinal);
            Assert.Equal(1, gateway.Server.GetStatus().RefusedHandshakes);
        }
    }

    [Fact]
    public async Task A_balancers_own_connection_is_none_of_a_client_that_is_allowed()
    {
        await using TestGateway gateway = await StartAsync(inbound => inbound with { Allow = [IPNetwork.Parse("192.0.2.0/24")] });
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[.. "PROXY UNKNOWN\r\n"u8, 5, 1, 0]);
        await AssertClosedAsync(client);
    }

    [Fact]
    public async Task Without_a_balancer_a_client_outside_allow_is_closed_before_it_is_answered()
    {
        await using TestGateway gateway = await StartAsync(inbound => inbound with { ProxyProtocolFrom = [], Allow = [IPNetwork.Parse("10.0.0.0/8")] });
        await using SocketStream client = await gateway.ConnectAsync();
        await AssertClosedAsync(client); // it has sent nothing
        await gateway.Server.ReloadAsync(gateway.Server.Config with
        {
            Inbounds = [.. gateway.Server.Config.Inbounds.Select(inbound => inbound with { Allow = [IPNetwork.Parse("10.0.0.0/8"), Loopback] })],
        });
        await using SocketStream other = await gateway.ConnectAsync();
        await other.WriteAsync(new byte[] { 5, 1, 0 });
        await ExpectAsync(other, "0500");
    }

    [Fact]
    public async Task The_limit_of_connections_is_that_of_each_client_behind_the_balancer()
    {
        await using TestGateway gateway = await StartAsync(limits: new LimitsConfig { PerClient = new ScopeLimits { Connections = 1 } });
        await using SocketStream first = await GreetAsync(gateway, Alice);
        await using SocketStream other = await GreetAsync(gateway, Bob);
        SocketStream second = await gateway.ConnectAsync();
        await using (second)
        {
            await second.WriteAsync((byte[])[.. Line(Alice), 5, 1, 0]);
            await AssertClosedAsync(second);
        }
        Assert.Contains("192.0.2.7:50000 closed: limits.connections_per_client (1) is reached",
            Assert.Single(gateway.Server.GetLog(new LogQuery { Ids = ["MX2002"] })).Message, StringComparison.Ordinal);
        // Checks of the balancer's count for no client.
        for (int i = 0; i < 3; i++) await (await GreetAsync(gateway, null)).DisposeAsync();
        // Its place is free once it has gone.
        await first.DisposeAsync();
        await Wait.UntilAsync(async () =>
        {
            await using SocketStream again = await gateway.ConnectAsync();
            await again.WriteAsync((byte[])[.. Line(Alice), 5, 1, 0]);
            return await TryExpectAsync(again, "0500");
        });
    }

    [Fact]
    public async Task Who_guesses_passwords_is_locked_out_and_not_the_balancer()
    {
        LockoutConfig lockout = new(2, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)) { Loopback = true };
        await using TestGateway gateway = await StartAsync(inbound => inbound with { Users = [User] }, new LimitsConfig { Lockout = lockout });
        for (int i = 0; i < 2; i++) await FailAsync(gateway, Line(Alice));
        Assert.Equal(Alice.Address, Assert.Single(gateway.Server.GetLockedClients()).Client);
        await using (SocketStream locked = await gateway.ConnectAsync())
        {
            await locked.WriteAsync((byte[])[.. Line(Alice), 5, 1, 2]);
            await AssertClosedAsync(locked);
        }
        await (await GreetAsync(gateway, Bob, "0502")).DisposeAsync();
        // Failed logins of the balancer's own connections, or of clients that it does not name, lock nobody out.
        for (int i = 0; i < 3; i++) await FailAsync(gateway, "PROXY UNKNOWN\r\n"u8.ToArray());
        Assert.Single(gateway.Server.GetLockedClients());
        Assert.Equal(2, gateway.Server.GetLog(new LogQuery { Ids = ["MX2010"] }).Count);
        Assert.Equal(3, gateway.Server.GetLog(new LogQuery { Ids = ["MX1099"] }).Count);
        await (await GreetAsync(gateway, Bob, "0502")).DisposeAsync();
        await (await GreetAsync(gateway, null, "0502")).DisposeAsync();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_header_comes_before_TLS(TransportKind kind)
    {
        await using TestGateway gateway = await StartAsync(inbound => inbound with { Tls = new TlsServerConfig { SelfSigned = true } }, kind: kind);
        await using SocketStream socket = await gateway.ConnectAsync();
        await socket.WriteAsync(Binary(Alice));
        await using SslStream tls = new(socket, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "a", RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        }).WaitAsync(TestTransports.Patience);
        await tls.WriteAsync(new byte[] { 5, 1, 0 });
        byte[] answer = new byte[2];
        await tls.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("0500", Convert.ToHexString(answer));
    }

    [Fact]
    public async Task Datagrams_of_an_association_are_those_of_the_client_of_the_header()
    {
        await using TestGateway gateway = await StartAsync();
        // The balancer says that this host is the client: only its datagrams are taken.
        (SocketStream control, IPEndPoint relay) = await AssociateAsync(gateway, new IPEndPoint(IPAddress.Parse("127.0.0.2"), 50000));
        await using (control)
        {
            using UdpSocket target = new(new IPEndPoint(IPAddress.Loopback, 0));
            using UdpSocket stranger = new(new IPEndPoint(IPAddress.Loopback, 0));
            using UdpSocket client = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            byte[] datagram = [0, 0, 0, 1, 127, 0, 0, 1, (byte)(target.LocalEndPoint.Port >> 8), (byte)target.LocalEndPoint.Port];
            await stranger.SendAsync((byte[])[.. datagram, 1], relay, default);
            await client.SendAsync((byte[])[.. datagram, 2], relay, default);
            byte[] buffer = new byte[10];
            (int length, _) = await target.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
            Assert.Equal((1, 2), (length, buffer[0]));
        }
    }

    [Fact]
    public async Task A_request_that_comes_round_with_headers_ends()
    {
        await using TestGateway gateway = await StartAsync();
        // The port is a free one: no check of the text finds the loop.
        await gateway.Server.ReloadAsync(gateway.Server.Config with
        {
            Exits = [new Socks5ExitConfig { Name = "round", Server = Destination.FromEndPoint(gateway.EndPoint), SendProxy = SendProxy.V2 }],
            Default = "round",
        });
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[.. Line(Alice), 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 9]);
        byte[] reply = new byte[4];
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.NotEqual(0, reply[3]);
        Assert.Equal(OwnConnections.MaxHops + 2, gateway.Server.GetStatus().TotalSessions);
    }

    private static Task<TestGateway> StartAsync(
        Func<MixedInboundConfig, MixedInboundConfig>? change = null, LimitsConfig? limits = null, TransportKind kind = TransportKind.Automatic)
    {
        MixedInboundConfig inbound = new() { Name = "proxy", Listen = new IPEndPoint(IPAddress.Loopback, 0), ProxyProtocolFrom = [Loopback] };
        return TestGateway.StartAsync(new GatewayConfig { Inbounds = [change?.Invoke(inbound) ?? inbound], Limits = limits ?? new LimitsConfig() }, kind);
    }

    private static byte[] Line(IPEndPoint client)
    {
        byte[] target = new byte[ProxyHeaderV1.MaxLength];
        return target[..ProxyHeaderV1.Write(target, client, Front)];
    }

    private static byte[] Binary(IPEndPoint client)
    {
        byte[] target = new byte[ProxyHeaderV2.MaxWritten];
        return target[..ProxyHeaderV2.Write(target, client, Front)];
    }

    // Null: a check of the balancer's own.
    private static async Task<SocketStream> GreetAsync(TestGateway gateway, IPEndPoint? client, string answer = "0500")
    {
        SocketStream stream = await gateway.ConnectAsync();
        byte[] header = client is null ? Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n") : Line(client);
        await stream.WriteAsync((byte[])[.. header, 5, 1, answer == "0502" ? (byte)2 : (byte)0]);
        await ExpectAsync(stream, answer);
        return stream;
    }

    private static async Task<SocketStream> ThroughAsync(TestGateway gateway, byte[] header, IPEndPoint target)
    {
        SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[.. header, 5, 1, 0]);
        await ExpectAsync(client, "0500");
        await ConnectAsync(client, target);
        return client;
    }

    private static async Task ConnectAsync(SocketStream client, IPEndPoint target)
    {
        await client.WriteAsync((byte[])[5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port]);
        byte[] reply = new byte[10];
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(0, reply[1]);
    }

    private static async Task<(SocketStream Control, IPEndPoint Relay)> AssociateAsync(TestGateway gateway, IPEndPoint client)
    {
        SocketStream control = await gateway.ConnectAsync();
        await control.WriteAsync((byte[])[.. Line(client), 5, 1, 0]);
        await ExpectAsync(control, "0500");
        await control.WriteAsync((byte[])[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]);
        byte[] reply = new byte[10];
        await control.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(0, reply[1]);
        return (control, new IPEndPoint(new IPAddress(reply.AsSpan(4, 4)), BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(8))));
    }

    private static async Task FailAsync(TestGateway gateway, byte[] header)
    {
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[.. header, 5, 1, 2, 1, 5, .. "alice"u8, 5, .. "wrong"u8]);
        await AssertClosedAsync(client);
    }

    private static async Task EchoAsync(SocketStream client)
    {
        await client.WriteAsync("hello"u8.ToArray());
        byte[] back = new byte[5];
        await client.ReadExactlyAsync(back).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("hello"u8.ToArray(), back);
    }

    private static async Task ExpectAsync(SocketStream client, string hex)
    {
        byte[] answer = new byte[hex.Length / 2];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(hex, Convert.ToHexString(answer));
    }

    private static async Task<bool> TryExpectAsync(SocketStream client, string hex)
    {
        try
        {
            await ExpectAsync(client, hex);
            return true;
        }
        catch (Exception exception) when (exception is IOException)
        {
            return false;
        }
    }

    // Closed, in whatever way.
    private static async Task AssertClosedAsync(SocketStream client) =>
        await new TestClient(client).ReadToEndOrResetAsync();
}
