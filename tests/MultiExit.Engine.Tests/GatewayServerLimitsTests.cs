using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tests.WebSockets;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests;

/// <summary>Limits of clients, users and inbounds as the clients see them.</summary>
public sealed class GatewayServerLimitsTests
{
    private static readonly UserConfig Alice = new("alice", new Secret("secret"));
    private static readonly UserConfig Bob = new("bob", new Secret("secret"));

    [Fact]
    public async Task Failed_logins_lock_a_client_out_until_an_operator_lets_it_in()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { Lockout = new(3, TimeSpan.FromHours(1), TimeSpan.FromHours(1)) }, Alice));
        for (int i = 0; i < 2; i++) await using (await LoginAsync(gateway, "alice", "wrong", 1)) { }
        await using (await LoginAsync(gateway, "alice", "secret", 0)) { }
        // The third failure ends the connection; another connection is not served.
        await using (SocketStream third = await gateway.ConnectAsync()) Assert.False(await TryLoginAsync(third, "mallory", "wrong"));
        await using (SocketStream fourth = await gateway.ConnectAsync()) Assert.False(await TryLoginAsync(fourth, "alice", "secret"));
        Assert.Equal(IPAddress.Loopback, Assert.Single(gateway.Server.GetLockedClients()).Client);
        Assert.True(gateway.Server.UnlockClient(IPAddress.Loopback));
        await using (await LoginAsync(gateway, "alice", "secret", 0)) { }
    }

    [Fact]
    public async Task A_wrong_password_over_http_counts_and_a_missing_one_does_not()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { Lockout = new(2, TimeSpan.FromHours(1), TimeSpan.FromHours(1)) }, Alice));
        for (int i = 0; i < 5; i++) Assert.StartsWith("HTTP/1.1 407", await AskAsync(null), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 407", await AskAsync("alice:wrong"), StringComparison.Ordinal);
        Assert.Empty(gateway.Server.GetLockedClients());
        await AskAsync("alice:wrong");
        Assert.Single(gateway.Server.GetLockedClients());

        async Task<string> AskAsync(string? credentials)
        {
            await using SocketStream client = await gateway.ConnectAsync();
            string authorization = credentials is null ? "" : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n";
            await client.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n{authorization}Connection: close\r\n\r\n"));
            try
            {
                return Encoding.ASCII.GetString(await TestTransports.ReadToEndAsync(client));
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    [Fact]
    public async Task A_wrong_password_over_a_web_socket_counts_and_a_missing_one_does_not()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayConfig
        {
            Inbounds = [new WebSocketInboundConfig { Name = "ws", Listen = new IPEndPoint(IPAddress.Loopback, 0), Users = [Alice] }],
            Limits = new LimitsConfig { Lockout = new(2, TimeSpan.FromHours(1), TimeSpan.FromHours(1)) },
        });
        for (int i = 0; i < 5; i++) Assert.StartsWith("HTTP/1.1 401", await AskAsync(""), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401", await AskAsync("X-Proxy-Username: alice\r\nX-Proxy-Password: wrong\r\n"), StringComparison.Ordinal);
        Assert.Empty(gateway.Server.GetLockedClients());
        await AskAsync("X-Proxy-Username: alice\r\n");
        Assert.Single(gateway.Server.GetLockedClients());

        async Task<string> AskAsync(string fields)
        {
            using TextPeer client = new(await gateway.ConnectAsync());
            await client.SendAsync(WebSocketPeer.Request(WebSocketPeer.Target("127.0.0.1", 9) + fields));
            try
            {
                return await client.ReadToEndAsync();
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    [Fact]
    public async Task A_failed_login_is_counted_and_logged_as_that_and_as_no_fault_of_the_protocol()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, Alice, Bob));
        await using (await LoginAsync(gateway, "alice", "wrong", 1)) { }
        await using (await LoginAsync(gateway, "mallory", "wrong", 1)) { }
        // A client that offers no login is not let in either, and has not failed at one.
        await using (SocketStream client = await gateway.ConnectAsync())
        {
            await client.WriteAsync((byte[])[5, 1, 0]);
            await TestTransports.ReadToEndAsync(client);
        }
        await using (SocketStream client = await gateway.ConnectAsync())
        {
            await client.WriteAsync((byte[])[4]); // SOCKS4
            await TestTransports.ReadToEndAsync(client);
        }
        await Wait.UntilAsync(() => gateway.Server.GetStatus() is { FailedLogins: 2, RefusedHandshakes: 1, Faults: 1, Connections: 0 });
        Assert.Equal(2, gateway.Server.GetStatus().Listeners[0].FailedLogins);
        Assert.Equal([("alice", 1L), ("bob", 0L)], gateway.Server.GetUsers().Select(user => (user.Name, user.FailedLogins)));
        Assert.Equal(["MX2000", "MX2004", "MX2010", "MX2010"],
            gateway.Server.GetLog(new LogQuery { Ids = ["MX2*"] }).Select(entry => entry.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_password_typed_as_a_user_name_stands_nowhere_in_the_log()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, Alice));
        foreach (string name in (string[])["hunter2", "hunter2", "hunter3", "alice", "Alice"]) await using (await LoginAsync(gateway, name, "wrong", 1)) { }
        string[] users = [.. gateway.Server.GetLog(new LogQuery { Ids = ["MX2010"] }).Select(entry => entry.Message.Split("user=")[1])];
        Assert.Equal(5, users.Length);
        Assert.Equal((users[0], "alice"), (users[1], users[3]));
        Assert.Equal(3, new[] { users[0], users[2], users[4] }.Distinct().Count());
        Assert.All(new[] { users[0], users[2], users[4] }, user => Assert.Matches("^unknown-[0-9a-f]{8}$", user));
        Assert.DoesNotContain(gateway.Server.GetLog(new LogQuery()), entry =>
            entry.Message.Contains("hunter", StringComparison.Ordinal)
                || entry.Properties.Values.Any(value => value.Contains("hunter", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Refusals_of_a_client_are_written_ten_times_and_then_counted()
    {
        ManualTimeProvider time = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(null, Alice), new GatewayOptions { Time = time });
        for (int i = 0; i < 25; i++)
        {
            await using SocketStream client = await gateway.ConnectAsync();
            await client.WriteAsync((byte[])[4]); // SOCKS4
            await TestTransports.ReadToEndAsync(client);
        }
        await Wait.UntilAsync(() => gateway.Server.GetStatus() is { Faults: 25, Connections: 0 });
        Assert.Equal(10, gateway.Server.GetLog(new LogQuery { Ids = ["MX2000"] }).Count);
        Assert.Empty(gateway.Server.GetLog(new LogQuery { Ids = ["MX2006"] }));
        time.Advance(TimeSpan.FromSeconds(11));
        await Wait.UntilAsync(() => gateway.Server.GetLog(new LogQuery { Ids = ["MX2006"] }).Count == 1);
        Assert.Matches("^messages MX2000 were left out, as too many came within 1[0-9] s: 15$",
            gateway.Server.GetLog(new LogQuery { Ids = ["MX2006"] })[0].Message);
    }

    [Fact]
    public async Task A_route_is_refused_to_a_client_that_is_locked_out_and_to_a_user_at_a_limit()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(new LimitsConfig
        {
            Lockout = new(1, TimeSpan.FromHours(1), TimeSpan.FromHours(1)), PerUser = new ScopeLimits { Connections = 1 },
        }, Alice, Bob));
        Assert.Equal(RouteOutcome.Served, (await RouteAsync("alice")).Outcome);
        await using SocketStream first = await ConnectThroughAsync(gateway, "alice", target.EndPoint, reply: 0);
        RouteExplanation full = await RouteAsync("alice");
        Assert.Equal((RouteOutcome.Refused, "alice has its 1 connection"), (full.Outcome, full.Reason));
        Assert.Equal(RouteOutcome.Served, (await RouteAsync("bob")).Outcome);
        await using (SocketStream other = await gateway.ConnectAsync()) Assert.False(await TryLoginAsync(other, "bob", "wrong"));
        RouteExplanation locked = await RouteAsync("bob");
        Assert.Equal((RouteOutcome.Refused, "127.0.0.1 is locked out after failed logins"), (locked.Outcome, locked.Reason));

        Task<RouteExplanation> RouteAsync(string user) => gateway.Server.ExplainRouteAsync(
            new RouteQuery { Destination = Destination.FromEndPoint(target.EndPoint), User = user, Client = IPAddress.Loopback });
    }

    [Fact]
    public async Task A_user_with_its_sessions_is_refused_and_another_is_not()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { PerUser = new ScopeLimits { Connections = 1 } }, Alice, Bob));
        await using SocketStream first = await ConnectThroughAsync(gateway, "alice", target.EndPoint, reply: 0);
        await using SocketStream second = await ConnectThroughAsync(gateway, "alice", target.EndPoint, reply: 2);
        await using SocketStream other = await ConnectThroughAsync(gateway, "bob", target.EndPoint, reply: 0);
        Assert.Equal(1, gateway.Server.GetStatus().Rejected);
        // A reload with more room is in force at once.
        GatewayConfig config = gateway.Server.Config;
        await gateway.Server.ReloadAsync(config with { Limits = new LimitsConfig { PerUser = new ScopeLimits { Connections = 2 } } });
        await using SocketStream third = await ConnectThroughAsync(gateway, "alice", target.EndPoint, reply: 0);
    }

    [Fact]
    public async Task A_user_without_quota_left_is_cut_and_refused_and_stays_so_after_a_restart()
    {
        string folder = Directory.CreateTempSubdirectory("mx-quota").FullName;
        try
        {
            await using EchoTarget target = new();
            GatewayConfig config = TestGateway.Mixed(new LimitsConfig
            {
                UsageFile = Path.Combine(folder, "usage.json"),
                Users = new Dictionary<string, ScopeLimits>(StringComparer.Ordinal) { ["alice"] = new() { Quota = 1000 } },
            }, Alice, Bob);
            await using (TestGateway gateway = await TestGateway.StartAsync(config))
            {
                await using SocketStream alice = await ConnectThroughAsync(gateway, "alice", target.EndPoint, reply: 0);
                await using SocketStream bob = await ConnectThroughAsync(gateway, "bob", target.EndPoint, reply: 0);
                foreach (SocketStream client in new[] { alice, bob })
                {
                    await client.WriteAsync(new byte[600]);
                    await client.ReadExactlyAsync(new byte[600]).AsTask().WaitAsync(TestTransports.Patience);
                }
                await Assert.ThrowsAnyAsync<IOException>(() => alice.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
                await bob.WriteAsync(new byte[1]);
                await bob.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience);
                UserStatus status = gateway.Server.GetUsers().Single(user => user.Name == "alice");
                Assert.Equal((1200, 1000), (status.UsedThisMonth, status.Quota));
            }
            await using TestGateway restarted = await TestGateway.StartAsync(config);
            await using SocketStream refused = await ConnectThroughAsync(restarted, "alice", target.EndPoint, reply: 2);
            await using SocketStream served = await ConnectThroughAsync(restarted, "bob", target.EndPoint, reply: 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_users_have_moved_is_kept_though_another_step_of_the_release_fails()
    {
        using TemporaryFolder folder = new();
        await using EchoTarget target = new();
        string usage = Path.Combine(folder.Path, "usage.json"), control = Path.Combine(folder.Path, "edge.sock");
        GatewayServer server = await GatewayServer.StartAsync(
            TestGateway.Mixed(new LimitsConfig { UsageFile = usage }, Alice) with { ControlSocket = control },
            new GatewayOptions { Time = new StuckTimeProvider() });
        await using ITransport transport = Transports.Create(TransportKind.Portable);
        IPEndPoint listener = server.GetStatus().Listeners[0].EndPoint;
        await using (SocketStream alice = await transport.ConnectAsync(listener, default, default).AsTask().WaitAsync(TestTransports.Patience))
        {
            await alice.WriteAsync(
                (byte[])[
                    5, 1, 2, 1, 5, .. "alice"u8, 6, .. "secret"u8,
                    5, 1, 0, 1, 127, 0, 0, 1, (byte)(target.EndPoint.Port >> 8), (byte)target.EndPoint.Port,
                    1, 2, 3
                ]);
            await alice.ReadExactlyAsync(new byte[2 + 2 + 10 + 3]).AsTask().WaitAsync(TestTransports.Patience);
        }
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(() => server.StopAsync(TimeSpan.Zero));
        Assert.Contains(StuckTimeProvider.Message, failure.ToString(), StringComparison.Ordinal);
        Assert.True(server.Completion.IsCompletedSuccessfully);
        Assert.Contains("\"alice\":6", await File.ReadAllTextAsync(usage), StringComparison.Ordinal);
        Assert.False(Path.Exists(control));
    }

    [Fact]
    public async Task Connections_that_come_too_fast_are_closed()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(
            TestGateway.Mixed(new LimitsConfig { PerClient = new ScopeLimits { NewPerSecond = 1 } }));
        int closed = 0;
        for (int i = 0; i < 20; i++)
        {
            await using SocketStream client = await gateway.ConnectAsync();
            await client.WriteAsync(new byte[] { 5, 1, 0 });
            try
            {
                if (await client.ReadAsync(new byte[2]).AsTask().WaitAsync(TestTransports.Patience) == 0) closed++;
            }
            catch (IOException)
            {
                closed++;
            }
        }
        // Each second lets one more in, however slow the test runs; the first lets in one.
        Assert.Equal(closed, gateway.Server.GetStatus().Rejected);
        Assert.InRange(closed, 1, 19);
    }

    [Fact]
    public async Task An_inbound_takes_so_many_connections()
    {
        await using EchoTarget target = new();
        await using TestGateway gateway = await TestGateway.StartAsync(TestGateway.Mixed(new LimitsConfig
        {
            Inbounds = new Dictionary<string, ScopeLimits>(StringComparer.Ordinal) { ["proxy"] = new() { Connections = 1 } },
        }));
        await using SocketStream first = await gateway.ConnectThroughAsync(target.EndPoint);
        await using SocketStream second = await gateway.ConnectAsync();
        Assert.Equal(0, await second.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
    }

    private static async Task<SocketStream> LoginAsync(TestGateway gateway, string user, string password, byte status)
    {
        SocketStream client = await gateway.ConnectAsync();
        await client.WriteAsync(
            (byte[])[
                5, 1, 2, 1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user),
                (byte)password.Length, .. Encoding.ASCII.GetBytes(password)
            ]);
        byte[] reply = new byte[4];
        await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal([5, 2, 1, status], reply);
        return client;
    }

    private static async Task<bool> TryLoginAsync(SocketStream client, string user, string password)
    {
        try
        {
            await client.WriteAsync(
                (byte[])[
                    5, 1, 2, 1, (byte)user.Length, .. Encoding.ASCII.GetBytes(user),
                    (byte)password.Length, .. Encoding.ASCII.GetBytes(password)
                ]);
            byte[] reply = new byte[4];
            await client.ReadExactlyAsync(reply).AsTask().WaitAsync(TestTransports.Patience);
            return reply[3] == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<SocketStream> ConnectThroughAsync(TestGateway gateway, string user, IPEndPoint target, byte reply)
    {
        SocketStream client = await LoginAsync(gateway, user, "secret", 0);
        await client.WriteAsync((byte[])[5, 1, 0, 1, .. target.Address.GetAddressBytes(), (byte)(target.Port >> 8), (byte)target.Port]);
        byte[] answer = new byte[10];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(reply, answer[1]);
        return client;
    }
}
