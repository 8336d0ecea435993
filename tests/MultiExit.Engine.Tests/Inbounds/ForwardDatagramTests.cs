using System.Net;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds;

/// <summary>Ports that forward datagrams.</summary>
public sealed class ForwardDatagramTests
{
    private static readonly IPEndPoint Any = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Each_client_has_an_association_of_its_own_and_gets_its_answers()
    {
        using UdpSocket target = new(Any);
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint);
        using UdpSocket one = new(Any), two = new(Any);
        IPEndPoint fromOne = await AskAsync(one, gateway, target, "hello");
        IPEndPoint fromTwo = await AskAsync(two, gateway, target, "there");
        Assert.NotEqual(fromOne, fromTwo);
        await target.SendAsync("B"u8.ToArray(), fromTwo, default);
        await target.SendAsync("A"u8.ToArray(), fromOne, default);
        Assert.Equal(("A", "B"), (await ReadAsync(one), await ReadAsync(two)));
        // A later datagram of a client takes the same way, and an empty one too.
        Assert.Equal(fromOne, await AskAsync(one, gateway, target, "again"));
        Assert.Equal(fromOne, await AskAsync(one, gateway, target, ""));
        Assert.Equal(2, gateway.Server.GetSessions().Count);
        Assert.All(gateway.Server.GetSessions(), session => Assert.Equal(("udp", "in"), (session.Network, session.Inbound)));
    }

    [Fact]
    public async Task Connections_and_datagrams_may_share_a_port()
    {
        using UdpSocket target = new(Any);
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint, config => config with { Network = ForwardNetwork.Both });
        Assert.Equal(["tcp", "udp"], gateway.Server.GetStatus().Listeners.Select(listener => listener.Network));
    }

    [Fact]
    public async Task An_association_ends_when_its_idle_time_has_passed()
    {
        using UdpSocket target = new(Any);
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint, config => config with { UdpIdleTimeout = TimeSpan.FromSeconds(1) });
        using UdpSocket client = new(Any);
        await AskAsync(client, gateway, target, "hello");
        Assert.Single(gateway.Server.GetSessions());
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
        // The client is let go behind its session.
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Connections == 0);
        await AskAsync(client, gateway, target, "once more");
    }

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(64, 1)]
    public async Task There_are_no_more_associations_than_the_limits_say(int perClient, int total)
    {
        using UdpSocket target = new(Any);
        ManualTimeProvider time = new();
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint, config => config with { UdpPerUser = perClient, UdpTotal = total }, time);
        using UdpSocket one = new(Any), two = new(Any);
        await AskAsync(one, gateway, target, "first");
        await two.SendAsync("second"u8.ToArray(), gateway.EndPoint, default);
        await Wait.UntilAsync(() => gateway.Server.GetStatus().Rejected == 1);
        await AskAsync(one, gateway, target, "third");
        Assert.Single(gateway.Server.GetSessions());
    }

    [Fact]
    public async Task A_resolver_with_a_new_port_for_each_question_is_served_in_the_place_of_its_quiet_associations()
    {
        using UdpSocket target = new(Any);
        ManualTimeProvider time = new();
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint, config => config with { UdpPerUser = 2 }, time);
        for (int i = 0; i < 10; i++)
        {
            using UdpSocket client = new(Any);
            IPEndPoint source = await AskAsync(client, gateway, target, "question");
            await target.SendAsync("answer"u8.ToArray(), source, default);
            Assert.Equal("answer", await ReadAsync(client));
            time.Advance(UdpQuota.LeastQuiet);
        }
        Assert.Equal(0, gateway.Server.GetStatus().Rejected);
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 2);
    }

    [Fact]
    public async Task Associations_that_make_room_while_they_are_in_use_leave_nothing_behind()
    {
        const int places = 8, rounds = 20;
        using UdpSocket target = new(Any);
        using CancellationTokenSource over = new();
        ManualTimeProvider time = new();
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint, config => config with { UdpPerUser = places }, time);
        Task answering = Task.Run(async () =>
        {
            byte[] buffer = new byte[100];
            while (true)
            {
                (int length, IPEndPoint source) = await target.ReceiveAsync(buffer, over.Token);
                await target.SendAsync(buffer.AsMemory(0, length), source, default);
            }
        });
        UdpSocket[] clients = [.. Enumerable.Range(0, 6 * places).Select(_ => new UdpSocket(Any))];
        int answers = 0;
        Task[] asking = [.. clients.Select((client, i) => Task.Run(async () =>
        {
            byte[] question = new byte[i], buffer = new byte[100];
            for (int n = 0; n < rounds; n++)
            {
                using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(10));
                await client.SendAsync(question, gateway.EndPoint, default);
                try
                {
                    Assert.Equal((i, gateway.EndPoint), await client.ReceiveAsync(buffer, patience.Token));
                    Interlocked.Increment(ref answers);
                }
                catch (OperationCanceledException)
                {
                    // Refused, or cut off between question and answer.
                }
                time.Advance(TimeSpan.FromMilliseconds(50));
            }
        }))];
        await Task.WhenAll(asking).WaitAsync(TestTransports.Patience);
        await Wait.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return gateway.Server.GetSessions().Count == 0 && gateway.Server.GetStatus().Connections == 0;
        });
        Assert.InRange(answers, places, clients.Length * rounds);
        Assert.Empty(gateway.Server.GetLog(new() { Ids = ["MX9000"] }));
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering.WaitAsync(TestTransports.Patience));

        // Every place is free, and there are no more.
        long refused = gateway.Server.GetStatus().Rejected;
        foreach (UdpSocket client in clients[..(places + 1)]) await client.SendAsync(new byte[1], gateway.EndPoint, default);
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == places && gateway.Server.GetStatus().Rejected == refused + 1);
        foreach (UdpSocket client in clients) client.Dispose();
    }

    [Fact]
    public async Task Users_are_known_by_their_networks()
    {
        using UdpSocket target = new(Any);
        UserConfig[] users = [new("alice", null) { Networks = [IPNetwork.Parse("127.0.0.0/8")] }];
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint, config => config with { Users = users });
        using UdpSocket client = new(Any);
        await AskAsync(client, gateway, target, "hello");
        Assert.Equal("alice", Assert.Single(gateway.Server.GetSessions()).User);
    }

    [Fact]
    public async Task A_port_that_another_protocol_takes_over_keeps_no_association_of_the_one_before()
    {
        using UdpSocket target = new(Any);
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint);
        using UdpSocket client = new(Any);
        await AskAsync(client, gateway, target, "hello");
        IPEndPoint before = gateway.EndPoint;
        ShadowsocksInboundConfig other = new() { Name = "in", Listen = Any, Method = "aes-256-gcm", Password = new Secret("secret") };
        await gateway.Server.ReloadAsync(gateway.Server.Config with { Inbounds = [other] });
        Assert.Contains(gateway.Server.GetStatus().Listeners, listener => listener.EndPoint.Equals(before));
        await Wait.UntilAsync(() => gateway.Server.GetSessions().Count == 0);
    }

    [Fact]
    public async Task Whoever_is_no_user_reaches_nothing()
    {
        using UdpSocket target = new(Any);
        UserConfig[] users = [new("alice", null) { Networks = [IPNetwork.Parse("192.0.2.0/24")] }];
        await using TestGateway gateway = await StartAsync(target.LocalEndPoint, config => config with { Users = users });
        using UdpSocket client = new(Any);
        await client.SendAsync("hello"u8.ToArray(), gateway.EndPoint, default);
        await Wait.UntilAsync(() => gateway.Server.GetStatus().RefusedHandshakes == 1);
        Assert.Empty(gateway.Server.GetSessions());
    }

    private static Task<TestGateway> StartAsync(
        IPEndPoint target, Func<ForwardInboundConfig, ForwardInboundConfig>? change = null, TimeProvider? time = null)
    {
        ForwardInboundConfig inbound = new() { Name = "in", Listen = Any, Target = Destination.FromEndPoint(target), Network = ForwardNetwork.Udp };
        return TestGateway.StartAsync(
            new GatewayConfig { Inbounds = [change is null ? inbound : change(inbound)] }, new GatewayOptions { Time = time ?? TimeProvider.System });
    }

    // The datagram as the target gets it, and where it comes from.
    private static async Task<IPEndPoint> AskAsync(UdpSocket client, TestGateway gateway, UdpSocket target, string text)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(text), gateway.EndPoint, default);
        byte[] buffer = new byte[100];
        (int length, IPEndPoint source) = await target.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, length));
        return source;
    }

    private static async Task<string> ReadAsync(UdpSocket client)
    {
        byte[] buffer = new byte[100];
        (int length, _) = await client.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
