using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Tests;

/// <summary>Exits at run time: the reports about them, and taking them out of use.</summary>
public sealed class GatewayServerExitsTests
{
    private static readonly GatewayConfig TwoExits = TestGateway.Mixed() with
    {
        Exits = [new DirectExitConfig { Name = "a" }, new DirectExitConfig { Name = "b" }],
        Groups = [new GroupConfig { Name = "pool", Strategy = GroupStrategy.Failover, Exits = ["a", "b"] }],
        Default = "pool",
    };

    [Theory]
    [InlineData("up", true)]
    [InlineData("pool", true)]
    [InlineData("up", false)]
    public async Task A_session_whose_dial_is_under_way_when_its_exit_is_cut_ends_too(string name, bool cut)
    {
        using ScriptedProxy proxy = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed() with
        {
            Exits = [new Socks5ExitConfig { Name = "up", Server = Destination.FromEndPoint(proxy.EndPoint) }],
            Groups = [new GroupConfig { Name = "pool", Exits = ["up"] }],
            Default = "pool",
        });
        TestClient client = new(await gateway.ConnectAsync());
        await client.SendAsync("050100" + "05010001" + "7F000001" + "0009");
        Assert.Equal("0500", await client.ReadAsync(2));
        TestClient upstream = await proxy.AcceptedAsync();
        await upstream.ReadAsync(3);
        await upstream.SendAsync("0500");
        await upstream.ReadAsync(10);
        Assert.Equal(0, gateway.Server.SetExitEnabled(name, enabled: false, cut)); // there is none through it yet
        await upstream.SendAsync("05000001" + "000000000000");
        if (cut)
        {
            Assert.Equal("", await client.ReadToEndOrResetAsync());
            await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        }
        else
        {
            Assert.StartsWith("0500", await client.ReadAsync(10), StringComparison.Ordinal);
            await upstream.SendAsync("01");
            Assert.Equal("01", await client.ReadAsync(1));
        }
        await client.Stream.DisposeAsync();
        await upstream.Stream.DisposeAsync();
    }

    [Fact]
    public async Task An_address_that_is_not_on_this_host_is_reported_at_the_start()
    {
        using LogFile log = new();
        await using (await TestGateway.StartAsync(TestGateway.Mixed() with
        {
            Exits =
            [
                new DirectExitConfig { Name = "here", Address = IPAddress.Parse("127.0.0.9") },
                new DirectExitConfig { Name = "elsewhere", Address = IPAddress.Parse("192.0.2.77") },
            ],
            Logging = new LoggingConfig { File = log.Path },
        }))
        {
            // Started all the same: the address may come later.
        }
        string text = await log.ReadAsync();
        Assert.Contains("exit elsewhere: the address 192.0.2.77 is not on this host", text, StringComparison.Ordinal);
        Assert.DoesNotContain("exit here:", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_dials_and_bytes_are_counted_and_outlive_a_reload()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TwoExits);
        Assert.Equal(["direct", "block", "a", "b", "pool"], gateway.Server.GetExits().Select(exit => exit.Name));
        await using (SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint))
        {
            await EchoAsync(client);
            Assert.Equal((1, 1L), (Status(gateway, "a").Sessions, Status(gateway, "a").Dials));
            await gateway.Server.ReloadAsync(TwoExits);
            Assert.Equal(1, Status(gateway, "a").Sessions);
        }
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        ExitStatus a = Status(gateway, "a");
        Assert.Equal(("direct", 0, 1L, 3L, 3L), (a.Type, a.Sessions, a.Dials, a.BytesUp, a.BytesDown));
        Assert.True(a.Latency > TimeSpan.Zero);
        Assert.Null(a.LastError);
        Assert.Empty(a.Failures);
        ExitStatus pool = Status(gateway, "pool");
        Assert.Equal(("group", 0, 1L), (pool.Type, pool.Sessions, pool.Dials));
        Assert.Equal(["a", "b"], pool.Members);
        Assert.Equal(0, Status(gateway, "b").Dials);
    }

    [Fact]
    public async Task Failures_are_counted_by_class()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TwoExits with
        {
            Groups = [TwoExits.Groups[0] with { Retries = 1 }],
        });
        using ClosedPort closed = new();
        Assert.NotEqual(0, await RequestAsync(gateway, closed.EndPoint));
        foreach (string name in (string[])["a", "b", "pool"])
        {
            ExitStatus status = Status(gateway, name);
            Assert.Equal(new KeyValuePair<string, long>("ConnectionRefused", 1), Assert.Single(status.Failures));
            Assert.NotNull(status.LastError);
            Assert.Null(status.Latency);
        }
    }

    [Fact]
    public async Task A_disabled_member_is_passed_over_and_keeps_its_sessions()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TwoExits);
        await using SocketStream before = await gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal(0, gateway.Server.SetExitEnabled("a", enabled: false));
        await gateway.Server.ReloadAsync(TwoExits);
        Assert.False(Status(gateway, "a").Enabled);
        await using SocketStream meanwhile = await gateway.ConnectThroughAsync(target.EndPoint);
        await EchoAsync(before);
        await EchoAsync(meanwhile);
        Assert.Equal(["a", "b"], gateway.Server.GetSessions().Select(session => session.Exit));
        gateway.Server.SetExitEnabled("a", enabled: true);
        await using SocketStream after = await gateway.ConnectThroughAsync(target.EndPoint);
        Assert.Equal(["a", "b", "a"], gateway.Server.GetSessions().Select(session => session.Exit));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("pool")]
    public async Task Disabling_can_cut_the_sessions(string name)
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TwoExits);
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint);
        await EchoAsync(client);
        Assert.Equal(0, gateway.Server.SetExitEnabled("b", enabled: false, cutSessions: true));
        Assert.Equal(1, gateway.Server.SetExitEnabled(name, enabled: false, cutSessions: true));
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        // No exit is left: the client is refused.
        Assert.NotEqual(0, await RequestAsync(gateway, target.EndPoint));
        Assert.Equal(name == "a" ? 1 : 0, Status(gateway, "pool").Failures.Count);
    }

    [Fact]
    public async Task Free_ports_are_those_towards_the_busiest_destination()
    {
        EphemeralPorts? ports = EphemeralPorts.Read();
        Assert.SkipWhen(ports is null, "this system does not say which ports it gives out");
        // An address that no other test connects to: connections that another test leaves in TIME_WAIT would count.
        await using EchoTarget busy = new(IPAddress.Parse("127.83.0.1"));
        await using EchoTarget quiet = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TwoExits);
        Assert.Equal((null, ports.Count), (Status(gateway, "a").BusiestDestination, Status(gateway, "a").FreePorts));
        List<SocketStream> clients = [await gateway.ConnectThroughAsync(quiet.EndPoint)];
        for (int i = 0; i < 3; i++) clients.Add(await gateway.ConnectThroughAsync(busy.EndPoint));
        await gateway.Server.ReloadAsync(TwoExits);
        ExitStatus status = Status(gateway, "a");
        Assert.Equal((busy.EndPoint, ports.Count - 3), (status.BusiestDestination, status.FreePorts));
        Assert.Equal((null, ports.Count), (Status(gateway, "b").BusiestDestination, Status(gateway, "b").FreePorts));
        Assert.Null(Status(gateway, "pool").FreePorts);
        foreach (SocketStream client in clients) await client.DisposeAsync();
        // The ports of the last connection may rest in TIME_WAIT, so its destination stays.
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        Assert.NotNull(Status(gateway, "a").BusiestDestination);
    }

    [Fact]
    public async Task Users_are_counted_and_outlive_a_reload()
    {
        await using EchoTarget target = new();
        GatewayConfig config = TestGateway.Mixed(null, new UserConfig("alice", new Secret("secret")));
        await using TestGateway gateway = await TestGateway.StartAsync(config);
        Assert.Equal((new UserStatus("alice", 0, 0, 0, 0), "proxy"), Alice());
        string request = $"CONNECT {target.EndPoint} HTTP/1.1\r\nHost: {target.EndPoint}\r\n"
            + $"Proxy-Authorization: Basic {Convert.ToBase64String("alice:secret"u8)}\r\n\r\n";
        await using (SocketStream client = await gateway.ConnectAsync())
        {
            await client.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
            await client.ReadExactlyAsync(new byte["HTTP/1.1 200 Connection established\r\n\r\n".Length]).AsTask().WaitAsync(TestTransports.Patience);
            await EchoAsync(client);
            await gateway.Server.ReloadAsync(config);
            Assert.Equal((new UserStatus("alice", 1, 1, 3, 3), "proxy"), Alice());
        }
        await Wait.UntilAsync(() => gateway.Server.GetUsers()[0].Sessions == 0);
        Assert.Equal((new UserStatus("alice", 0, 1, 3, 3), "proxy"), Alice());
        await gateway.Server.ReloadAsync(TestGateway.Mixed());
        Assert.Equal((new UserStatus("alice", 0, 1, 3, 3), ""), Alice());

        (UserStatus, string) Alice()
        {
            UserStatus user = Assert.Single(gateway.Server.GetUsers());
            return (user with { Inbounds = [], Groups = [], Credentials = [], LastLogin = null }, string.Join(' ', user.Inbounds));
        }
    }

    [Fact]
    public async Task An_exit_that_does_not_exist_is_reported()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TwoExits);
        ProxyException failure = Assert.Throws<ProxyException>(() => gateway.Server.SetExitEnabled("c", enabled: false));
        Assert.Equal(ProxyError.InvalidConfiguration, failure.Reason);
        Assert.Equal(5, gateway.Server.GetExits().Count);
    }

    private static ExitStatus Status(TestGateway gateway, string name) => gateway.Server.GetExits().Single(exit => exit.Name == name);

    private static async Task EchoAsync(SocketStream client)
    {
        await client.WriteAsync("abc"u8.ToArray());
        await client.ReadExactlyAsync(new byte[3]).AsTask().WaitAsync(TestTransports.Patience);
    }

    // The reply code of a SOCKS5 CONNECT.
    private static async Task<byte> RequestAsync(TestGateway gateway, IPEndPoint target)
    {
        await using SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync((byte[])[5, 1, 0, 5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port]);
        byte[] reply = new byte[4];
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        return reply[3];
    }
}
