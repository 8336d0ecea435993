using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Identity;
using MultiExit.Engine.Inbounds;
using MultiExit.Engine.Inbounds.Transparent;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Inbounds.Transparent;

/// <summary>The transparent inbound without a firewall: what was not redirected, and the datagrams of a client. The rest is in namespaces.</summary>
public sealed class TransparentInboundTests : IDisposable
{
    private static readonly IPEndPoint First = IPEndPoint.Parse("203.0.113.1:53"), Second = IPEndPoint.Parse("203.0.113.2:53");

    private readonly ManualTimeProvider _time = new();
    private readonly UnprivilegedTransport _transport = new();
    private readonly MemoryLog _lines = new();
    private readonly EngineLog _log;
    private readonly UdpQuota _quota = new();
    private readonly ServerCounters _counters = new();
    private readonly FakeDispatcher _dispatcher = new();
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public TransparentInboundTests()
    {
        _log = new EngineLog(LogFactory.Create(new LoggingConfig(), console: false, _lines));
        _client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public static TheoryData<TransportKind> Kinds => TestTransports.All;

    private IPEndPoint ClientEndPoint => (IPEndPoint)_client.LocalEndPoint!;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_connection_that_was_not_redirected_is_refused(TransportKind kind)
    {
        await using InboundHost host = new(Transports.Create(kind), Inbound(), _dispatcher);
        using TextPeer client = await host.ConnectAsync();
        await Wait.UntilAsync(() => !host.Exceptions.IsEmpty);
        ProxyException refused = Assert.IsType<ProxyException>(Assert.Single(host.Exceptions));
        Assert.Equal((ProxyError.AccessRefused, ListenerAddress.NotRedirected), (refused.Reason, refused.Message));
    }

    [Fact]
    public void A_listener_is_known_by_its_port_and_each_address_of_this_host()
    {
        Assert.True(ListenerAddress.Is(IPEndPoint.Parse("127.0.0.1:7"), 7));
        Assert.True(ListenerAddress.Is(IPEndPoint.Parse("127.8.9.1:7"), 7));
        Assert.False(ListenerAddress.Is(IPEndPoint.Parse("127.0.0.1:8"), 7));
        Assert.False(ListenerAddress.Is(IPEndPoint.Parse("203.0.113.1:7"), 7));
    }

    [Fact]
    public async Task Datagrams_go_where_they_were_sent_and_answers_come_from_there()
    {
        using ClientDatagrams client = Client();
        Task serving = Inbound().ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask();
        client.Add(First, [1]);
        client.Add(Second, [2]);
        FakeUdpSession session = await _dispatcher.NextAssociationAsync();
        RequestInfo request = session.Request;
        Assert.Equal(("transparent", Destination.FromEndPoint(First), Network.Udp), (request.Protocol, request.Destination, request.Network));
        Assert.Equal(Destination.FromEndPoint(First), (await session.NextAsync()).Destination);
        Assert.Equal(Destination.FromEndPoint(Second), (await session.NextAsync()).Destination);

        // A stranger's answer comes first, so that what arrives shows that it was dropped.
        await session.DeliverAsync(Destination.FromEndPoint(IPEndPoint.Parse("203.0.113.9:53")), [9]);
        await session.DeliverAsync(Destination.FromEndPoint(Second), [22]);
        Assert.Equal([22], await ReceiveAsync());
        await session.DeliverAsync(Destination.FromEndPoint(First), [11]);
        Assert.Equal([11], await ReceiveAsync());
        Assert.Equal([Second, First], _transport.Asked);

        client.Abort();
        await serving.WaitAsync(TestTransports.Patience);
        await session.Closed;
    }

    [Fact]
    public async Task A_client_without_datagrams_is_forgotten_after_the_idle_time()
    {
        using ClientDatagrams client = Client();
        Task serving = Inbound().ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask();
        client.Add(First, [1]);
        FakeUdpSession session = await _dispatcher.NextAssociationAsync();
        await session.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(61));
        await serving.WaitAsync(TestTransports.Patience);
        await session.Closed;
    }

    [Fact]
    public async Task A_client_that_is_refused_is_not_asked_for_again_with_each_datagram()
    {
        _dispatcher.Failure = DialFailure.NotAllowed;
        using ClientDatagrams client = Client();
        Task serving = Inbound().ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask();
        client.Add(First, [1]);
        await _dispatcher.NextRequestAsync();
        client.Add(First, [2]);
        Assert.False(serving.IsCompleted);
        client.Abort();
        await serving.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task Answers_that_cannot_be_sent_are_told_of_once()
    {
        _transport.Refuses = true;
        using ClientDatagrams client = Client();
        Task serving = Inbound().ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask();
        client.Add(First, [1]);
        FakeUdpSession session = await _dispatcher.NextAssociationAsync();
        await session.NextAsync();
        await session.DeliverAsync(Destination.FromEndPoint(First), [1]);
        await session.DeliverAsync(Destination.FromEndPoint(First), [1]);
        Assert.Single(_lines.Read(new LogQuery()), line => line.Id == "MX1113");
        client.Abort();
        await serving.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task Whoever_is_in_no_users_network_is_refused_and_asked_about_once_a_second()
    {
        using ClientDatagrams client = Client();
        UsersInForce users = new(new UserDirectory([new UserConfig("far", null) { Networks = [IPNetwork.Parse("198.51.100.0/24")] }], TimeProvider.System));
        client.Add(First, [1]);
        Task serving = Inbound(users).ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask();
        Assert.False(serving.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(() => serving.WaitAsync(TestTransports.Patience));
        Assert.Equal(ProxyError.AccessRefused, refused.Reason);
    }

    [Fact]
    public async Task A_client_in_a_users_network_is_that_user()
    {
        using ClientDatagrams client = Client();
        UsersInForce users = new(new UserDirectory([new UserConfig("near", null) { Networks = [IPNetwork.Parse("127.0.0.0/8")] }], TimeProvider.System));
        client.Add(First, [1]);
        Task serving = Inbound(users).ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask();
        RequestInfo request = await _dispatcher.NextRequestAsync();
        Assert.Equal(("near", "network"), (request.User, request.Login));
        client.Abort();
        await serving.WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task A_client_with_a_new_port_for_each_question_is_served_in_the_place_of_its_quiet_associations()
    {
        List<(ClientDatagrams Client, FakeUdpSession Session, Task Serving)> served = [];
        TransparentInbound inbound = Inbound();
        for (int i = 0; i < 4; i++)
        {
            ClientDatagrams client = Client();
            Task serving = inbound.ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask();
            client.Add(First, [1]);
            FakeUdpSession session = await _dispatcher.NextAssociationAsync();
            await session.NextAsync();
            served.Add((client, session, serving));
            if (i >= 2) await served[i - 2].Serving.WaitAsync(TestTransports.Patience);
            _time.Advance(UdpQuota.LeastQuiet);
        }
        Assert.Equal([true, true, false, false], served.Select(each => each.Serving.IsCompleted));
        Assert.Equal(SessionOutcome.Idle, served[0].Session.Outcome);
        Assert.Equal(0, _counters.Rejected);
        foreach ((ClientDatagrams client, _, Task serving) in served)
        {
            client.Abort();
            await serving.WaitAsync(TestTransports.Patience);
            client.Dispose();
        }
    }

    [Fact]
    public async Task A_client_whose_associations_are_all_in_use_gets_no_other()
    {
        TransparentInbound inbound = Inbound();
        List<(ClientDatagrams Client, Task Serving)> served = [];
        for (int i = 0; i < 3; i++)
        {
            ClientDatagrams client = Client();
            client.Add(First, [1]);
            served.Add((client, inbound.ServeDatagramsAsync(client, _dispatcher, client.Ended).AsTask()));
            if (i < 2) await (await _dispatcher.NextAssociationAsync()).NextAsync();
        }
        Assert.Equal(1, _counters.Rejected);
        Assert.Contains(
            _lines.Read(new LogQuery()), entry => entry.Message.Contains("`udp_per_user` (2) or `udp_total` (8192) is reached", StringComparison.Ordinal));
        // Nor is it asked about again with each datagram.
        Assert.False(served[2].Serving.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await served[2].Serving.WaitAsync(TestTransports.Patience);
        foreach ((ClientDatagrams client, Task serving) in served)
        {
            client.Abort();
            await serving.WaitAsync(TestTransports.Patience);
            client.Dispose();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _log.Dispose();
    }

    private TransparentInbound Inbound(UsersInForce? users = null) => new(
        new TransparentInboundConfig { Name = "lan", Listen = new IPEndPoint(IPAddress.Loopback, 0), Udp = true, UdpPerUser = 2 },
        users ?? new UsersInForce(new UserDirectory([], TimeProvider.System)), new UdpAdmission(_quota, _counters, _log), _transport, _time, _log);

    private ClientDatagrams Client() => new(
        "lan", ClientEndPoint, new IPEndPoint(IPAddress.Any, 1), true, (_, _, _) => throw new NotSupportedException(), () => { },
        new NoLogins());

    private async Task<byte[]> ReceiveAsync()
    {
        byte[] buffer = new byte[16];
        int length = await _client.ReceiveAsync(buffer).WaitAsync(TestTransports.Patience);
        return buffer[..length];
    }

    private sealed class NoLogins : ILoginWatch
    {
        public void LoggedIn(UserIdentity identity)
        {
        }

        public void LoginFailed(string user)
        {
        }

        public void NotJudged(string user, string reason)
        {
        }

        public void Refused(UserIdentity identity, string reason)
        {
        }
    }
}
