using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>What a live session says of itself.</summary>
public sealed class GatewayServerRecordTests
{
    [LinuxFact("127.0.0.0/8 is this host's as a whole")]
    public async Task A_session_names_the_address_and_port_that_its_target_sees()
    {
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        GatewayConfig config = TestGateway.Mixed() with
        {
            Exits = [new DirectExitConfig { Name = "wan1", Address = IPAddress.Parse("127.0.0.3") }], Default = "wan1",
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        await using Stream client = await gateway.ConnectThroughAsync((IPEndPoint)target.LocalEndpoint);
        using Socket reached = await target.AcceptSocketAsync();
        SessionRecord session = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal(IPAddress.Parse("127.0.0.3"), session.Source!.Address);
        Assert.Equal(reached.RemoteEndPoint, session.Source);
        Assert.Equal(target.LocalEndpoint, session.Peer);
        Assert.Equal("target", session.Leads);
        Assert.Equal("socks5", session.Protocol);
        Assert.Null(session.Rule);
        Assert.Null(session.Group);
        Assert.Equal("wan1", session.Exit);
        SessionAttempt attempt = Assert.Single(session.Attempts);
        Assert.Equal("wan1", attempt.Exit);
        Assert.Null(attempt.Failure);
        Assert.NotNull(session.HandshakeMs);
        Assert.InRange(session.DialMs!.Value, 0, session.DurationMs);
        Assert.Null(session.FirstByteMs);
        await client.WriteAsync(new byte[1]);
        await reached.ReceiveAsync(new byte[1]);
        await reached.SendAsync(new byte[1]);
        await client.ReadExactlyAsync(new byte[1]);
        session = Assert.Single(gateway.Server.GetSessions());
        Assert.InRange(session.FirstByteMs!.Value, session.FirstByteUpMs!.Value, session.DurationMs);
        Assert.Null(session.Ended);
        Assert.Null(session.Outcome);
    }

    [Fact]
    public async Task A_session_names_its_rule_its_group_and_the_members_that_failed_before()
    {
        await using EchoTarget target = new();
        using ClosedPort closed = new();
        ushort port = (ushort)target.EndPoint.Port;
        GatewayConfig config = TestGateway.Mixed() with
        {
            Exits =
            [
                new Socks5ExitConfig { Name = "dead", Server = Destination.FromEndPoint(closed.EndPoint) },
                new DirectExitConfig { Name = "wan1" },
            ],
            Groups = [new GroupConfig { Name = "pool", Exits = ["dead", "wan1"], Strategy = GroupStrategy.Failover, Retries = 1 }],
            Routes = [new RouteConfig { Ports = [new(1, 1)], Exit = "dead" }, new RouteConfig { Ports = [new(port, port)], Exit = "pool" }],
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        await using Stream client = await gateway.ConnectThroughAsync(target.EndPoint);
        SessionRecord session = Assert.Single(gateway.Server.GetSessions());
        Assert.Equal((2, "pool", "wan1"), (session.Rule, session.Group, session.Exit));
        Assert.Equal(["dead", "wan1"], session.Attempts.Select(attempt => attempt.Exit));
        Assert.Equal([SessionOutcome.ProxyUnreachable, null], session.Attempts.Select(attempt => attempt.Failure));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_key_is_shown_as_it_was_sent_only_where_the_configuration_says_so(bool plain)
    {
        await using EchoTarget target = new();
        using TemporaryFolder folder = new();
        MixedInboundConfig inbound = (MixedInboundConfig)TestGateway.Mixed().Inbounds[0];
        GatewayConfig config = TestGateway.Mixed() with
        {
            Inbounds = [inbound with { Http = inbound.Http with { SessionHeader = "X-Session" } }],
            Records = plain ? new RecordsConfig(folder["records.db"]) { PlainSessionKeys = true } : null,
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        using TextPeer client = new(await gateway.ConnectAsync());
        await client.SendAsync($"CONNECT {target.EndPoint} HTTP/1.1\r\nHost: {target.EndPoint}\r\nX-Session: customer-17\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        string? key = Assert.Single(gateway.Server.GetSessions()).SessionKey;
        if (plain) Assert.Equal("customer-17", key);
        else Assert.Matches("^[0-9a-f]{16}$", key);
    }
}
