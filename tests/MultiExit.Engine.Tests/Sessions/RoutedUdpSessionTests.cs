using System.Net;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Dispatching;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Server;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Sessions;

public sealed class RoutedUdpSessionTests
{
    private static readonly RequestInfo Association = new()
    {
        Inbound = "proxy",
        Client = new IPEndPoint(IPAddress.Loopback, 40000),
        Local = new IPEndPoint(IPAddress.Loopback, 1080),
        Destination = Destination.FromAddress(IPAddress.Any, 0),
        Network = Network.Udp,
        PrivateDestinationsAllowed = true,
    };

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryLog _log = new();
    private readonly ServerCounters _counters = new();
    private readonly SessionTable _sessions = new(TimeProvider.System);

    [Fact]
    public async Task A_name_goes_to_the_address_that_the_rule_looked_at()
    {
        using UdpSocket peer = new(new IPEndPoint(IPAddress.Loopback, 0));
        FakeResolver resolver = new FakeResolver().Add("peer.example", "127.0.0.1");
        GatewayConfig config = new()
        {
            Routes = [new RouteConfig { Networks = [IPNetwork.Parse("127.0.0.0/8")], Exit = "direct" }],
            Default = "block",
        };
        await using PortableTransport transport = new();
        UdpSession session = Open(config, ExitFactory.Build(config, transport, resolver, TimeProvider.System), resolver);
        Assert.True(Destination.TryFromHost("peer.example", peer.LocalEndPoint.Port, out Destination? destination));
        await session.SendAsync(destination, new byte[] { 1 }, default);
        await peer.ReceiveAsync(new byte[10], default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(1, resolver.Asked);
        await session.CloseAsync();
        Assert.Equal(0, _sessions.Count);
    }

    [Fact]
    public async Task A_flow_that_has_ended_is_replaced_and_a_failure_is_not_tried_again()
    {
        FakeExit ended = new("ended");
        FakeExit failing = new("failing", DialFailure.General);
        GatewayConfig config = new() { Routes = [new RouteConfig { Ports = [new PortRange(53, 53)], Exit = "failing" }], Default = "ended" };
        ExitSet exits = new(new Dictionary<string, IExit> { ["ended"] = ended, ["failing"] = failing }, new ExitStates());
        UdpSession session = Open(config, exits, new FakeResolver());
        for (int i = 0; i < 3; i++)
        {
            await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 9), new byte[1], default);
            await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default);
        }
        Assert.Equal((3, 1), (ended.Opens, failing.Opens));
        await session.CloseAsync();
    }

    [Fact]
    public async Task A_group_by_destination_chooses_for_each_destination_and_another_once()
    {
        FakeExit[] members = [new("low"), new("high")];
        PortBased ports = new([new(new PortRange(0, 99), "low"), new(new PortRange(100, 65535), "high")]);
        foreach ((IStrategy strategy, int low, int high) in ((IStrategy, int, int)[])[(ports, 1, 1), (new Failover(), 2, 1)])
        {
            ExitSet exits = new(new Dictionary<string, IExit> { ["pool"] = Pools.Of("pool", strategy, 0, members) }, new ExitStates());
            UdpSession session = Open(new GatewayConfig { Default = "pool" }, exits, new FakeResolver());
            await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default);
            Assert.Equal((low, "low", 1), (members[0].Opens, session.Exit, exits.States.Get("low").Sessions));
            if (strategy == ports) await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 443), new byte[1], default);
            Assert.Equal(high, members[1].Opens);
            await session.CloseAsync();
            Assert.Equal(0, exits.States.Get("low").Sessions);
        }
    }

    [Theory]
    [InlineData(nameof(DialFailure.General), 2)]
    [InlineData(nameof(DialFailure.NotAllowed), 1)] // a rule that blocks: reported once
    [InlineData(nameof(DialFailure.CommandNotSupported), 1)]
    public async Task An_exit_that_took_no_datagrams_is_tried_again_later_where_that_may_help(string failure, int last)
    {
        FakeExit exit = new("exit", Enum.Parse<DialFailure>(failure));
        ExitSet exits = new(new Dictionary<string, IExit> { ["exit"] = exit }, new ExitStates());
        UdpSession session = Open(new GatewayConfig { Default = "exit" }, exits, new FakeResolver());
        foreach ((int seconds, int opens) in ((int, int)[])[(0, 1), (9, 1), (1, last)])
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 9), new byte[1], default);
            Assert.Equal(opens, exit.Opens);
        }
        await session.CloseAsync();
    }

    [Fact]
    public async Task A_group_by_destination_that_was_all_down_chooses_again()
    {
        FakeExit member = new("member");
        ExitGroup pool = Pools.Of("pool", new DestinationBased(BindingUnit.Connection), 0, member);
        ExitSet exits = new(new Dictionary<string, IExit> { ["pool"] = pool }, new ExitStates());
        UdpSession session = Open(new GatewayConfig { Default = "pool" }, exits, new FakeResolver());
        pool.Members[0].State.Disabled = true;
        Destination[] targets = [Destination.FromAddress(IPAddress.Loopback, 9), Destination.FromAddress(IPAddress.Loopback, 10)];
        foreach (Destination target in targets) await session.SendAsync(target, new byte[1], default);
        pool.Members[0].State.Disabled = false;
        await session.SendAsync(targets[0], new byte[1], default);
        Assert.Equal(0, member.Opens);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(session.Uses(exits.States.Get("member")));
        foreach (Destination target in targets) await session.SendAsync(target, new byte[1], default);
        Assert.Equal((2, "member"), (member.Opens, session.Exit));
        Assert.True(session.Uses(exits.States.Get("member")));
        await session.CloseAsync();
    }

    [Fact]
    public async Task Every_exit_in_use_counts()
    {
        FakeExit[] members = [new("low"), new("high")];
        PortBased ports = new([new(new PortRange(0, 99), "low"), new(new PortRange(100, 65535), "high")]);
        ExitSet exits = new(new Dictionary<string, IExit> { ["pool"] = Pools.Of("pool", ports, 0, members) }, new ExitStates());
        UdpSession session = Open(new GatewayConfig { Default = "pool" }, exits, new FakeResolver());
        await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default);
        Assert.False(session.Uses(exits.States.Get("high")));
        await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 443), new byte[1], default);
        Assert.True(session.Uses(exits.States.Get("low")) && session.Uses(exits.States.Get("high")));
        await session.CloseAsync();
    }

    // Each at both: the one whose turn it is may not reach the target.
    [Theory]
    [InlineData("127.0.0.1", "::1", false)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("127.0.0.1", "::1", true)]
    [InlineData("::1", "127.0.0.1", true)]
    public async Task A_datagram_goes_through_a_member_of_its_family_and_counts_there(string first, string second, bool byDestination)
    {
        GatewayConfig config = new()
        {
            Exits = [Direct("first", first), Direct("second", second)],
            Groups = [new GroupConfig
            {
                Name = "pool", Exits = ["first", "second"], Strategy = byDestination ? GroupStrategy.PortBased : GroupStrategy.Failover,
                PortRanges = byDestination ? [new(new PortRange(1, 65535), "first")] : [],
            }],
            Default = "pool",
        };
        await using PortableTransport transport = new();
        await using ExitSet exits = ExitFactory.Build(config, transport, new FakeResolver(), TimeProvider.System);
        UdpSession session = Open(config, exits, new FakeResolver());
        Dictionary<ExitState, (long Up, long Down)> live = [];
        for (int round = 1; round <= 2; round++)
        {
            foreach (string address in new[] { second, first })
            {
                using UdpSocket peer = new(new IPEndPoint(IPAddress.Parse(address), 0));
                await session.SendAsync(Destination.FromEndPoint(peer.LocalEndPoint), new byte[address.Length], default);
                byte[] buffer = new byte[20];
                (int length, IPEndPoint source) = await peer.ReceiveAsync(buffer, default).AsTask().WaitAsync(TestTransports.Patience);
                Assert.Equal((address.Length, address), (length, source.Address.ToString()));
            }
        }
        session.AddTo(live);
        foreach ((string name, string address) in new[] { ("first", first), ("second", second) })
            Assert.Equal((1, 2L * address.Length), (exits.States.Get(name).Sessions, live[exits.States.Get(name)].Up));
        await session.CloseAsync();
        foreach ((string name, string address) in new[] { ("first", first), ("second", second) })
            Assert.Equal((0, 2L * address.Length), (exits.States.Get(name).Sessions, exits.States.Get(name).EndedBytesUp));
    }

    [Fact]
    public async Task Without_a_member_of_its_family_it_is_dropped()
    {
        GatewayConfig config = new()
        {
            Exits = [Direct("first", "127.0.0.1"), Direct("second", "127.0.0.2")],
            Groups = [new GroupConfig { Name = "pool", Exits = ["first", "second"], Strategy = GroupStrategy.Failover }],
            Default = "pool",
        };
        await using PortableTransport transport = new();
        await using ExitSet exits = ExitFactory.Build(config, transport, new FakeResolver(), TimeProvider.System);
        UdpSession session = Open(config, exits, new FakeResolver());
        await session.SendAsync(Destination.FromAddress(IPAddress.IPv6Loopback, 9), new byte[1], default);
        Assert.Equal(0, session.BytesUp);
        await session.CloseAsync();
    }

    [Theory]
    [InlineData("exit", true)]
    [InlineData("pool", true)]
    [InlineData("exit", false)]
    public async Task An_exit_that_is_cut_while_it_is_opened_ends_the_association(string cut, bool ends)
    {
        TaskCompletionSource held = new();
        FakeExit exit = new("exit") { Held = held.Task };
        ExitGroup pool = Pools.Of("pool", new Failover(), 0, exit);
        ExitSet exits = new(new Dictionary<string, IExit> { ["pool"] = pool, ["exit"] = exit }, new ExitStates());
        UdpSession session = Open(new GatewayConfig { Default = "pool" }, exits, new FakeResolver());
        Task sending = session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 9), new byte[1], default).AsTask();
        ExitState state = exits.States.Get(cut);
        state.Enable(false, ends);
        Assert.False(session.Uses(state));
        await sending.WaitAsync(TestTransports.Patience);
        held.SetResult();
        await Wait.UntilAsync(() => session.Uses(state));
        await Wait.UntilAsync(() => session.BytesUp == 1);
        Assert.Equal(ends ? SessionOutcome.ExitDisabled : null, session.AbortReason);
        await session.CloseAsync();
    }

    [Fact]
    public async Task A_name_whose_look_up_hangs_holds_up_no_other_destination()
    {
        using UdpSocket peer = new(new IPEndPoint(IPAddress.Loopback, 0));
        FakeResolver resolver = new FakeResolver { HangsFor = "hangs.example" }.Add("peer.example", "127.0.0.1");
        // Longer than the test's patience.
        GatewayConfig config = new() { Limits = new LimitsConfig { ConnectTimeout = TimeSpan.FromMinutes(5) } };
        await using PortableTransport transport = new();
        await using ExitSet exits = ExitFactory.Build(config, transport, resolver, TimeProvider.System);
        RoutedUdpSession session = Open(config, exits, resolver);
        foreach (string name in new[] { "hangs.example", "peer.example" })
        {
            Assert.True(Destination.TryFromHost(name, peer.LocalEndPoint.Port, out Destination? destination));
            await session.SendAsync(destination, new byte[name.Length], default).AsTask().WaitAsync(TestTransports.Patience);
        }
        (int length, _) = await peer.ReceiveAsync(new byte[20], default).AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal("peer.example".Length, length);
        await session.CloseAsync().AsTask().WaitAsync(TestTransports.Patience);
    }

    [Fact]
    public async Task An_exit_that_hangs_holds_up_no_other_and_what_waits_for_it_is_sent_in_its_order()
    {
        TaskCompletionSource held = new();
        FakeExit slow = new("slow") { Held = held.Task };
        FakeExit fast = new("fast");
        GatewayConfig config = new() { Routes = [new RouteConfig { Ports = [new PortRange(53, 53)], Exit = "slow" }], Default = "fast" };
        ExitSet exits = new(new Dictionary<string, IExit> { ["slow"] = slow, ["fast"] = fast }, new ExitStates());
        RoutedUdpSession session = Open(config, exits, new FakeResolver());
        for (byte i = 1; i <= 3; i++) await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new[] { i }, default);
        await session.SendAsync(Destination.FromAddress(IPAddress.Parse("127.0.0.2"), 53), new byte[1], default);
        await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 9), new byte[10], default);
        Assert.Equal((10, 1, 1), (session.BytesUp, slow.Opens, fast.Opens)); // one opening for all that wait for it
        held.SetResult();
        await Wait.UntilAsync(() => session.BytesUp == 14);
        await session.CloseAsync();
        Assert.Equal(0, _counters.DroppedDatagrams);
    }

    [Fact]
    public async Task What_finds_no_room_or_no_exit_is_counted_and_logged_once()
    {
        FakeExit silent = new("silent") { IsSilent = true };
        FakeExit failing = new("failing", DialFailure.CommandNotSupported);
        GatewayConfig config = new() { Routes = [new RouteConfig { Ports = [new PortRange(53, 53)], Exit = "silent" }], Default = "failing" };
        ExitSet exits = new(new Dictionary<string, IExit> { ["silent"] = silent, ["failing"] = failing }, new ExitStates());
        RoutedUdpSession session = Open(config, exits, new FakeResolver());
        for (int i = 0; i < UdpLanes.MaxWaiting + 3; i++) await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default);
        for (int i = 0; i < 3; i++) await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 9), new byte[1], default);
        Assert.Equal(2 + 3, _counters.DroppedDatagrams);
        Assert.Equal(["MX3005", "MX3000"], _log.Read(new LogQuery()).Select(entry => entry.Id));
        await session.CloseAsync().AsTask().WaitAsync(TestTransports.Patience);
        Assert.Equal(2, _log.Read(new LogQuery()).Count);
    }

    [Theory]
    [InlineData(nameof(DialFailure.None))]
    [InlineData(nameof(DialFailure.CommandNotSupported))]
    [InlineData(nameof(DialFailure.ProxyUnreachable))]
    public async Task The_exit_of_all_destinations_is_opened_before_a_datagram_comes(string failure)
    {
        DialFailure expected = Enum.Parse<DialFailure>(failure);
        foreach (bool known in new[] { true, false })
        {
            FakeExit exit = new("exit", expected);
            ExitSet exits = new(new Dictionary<string, IExit> { ["exit"] = exit, ["other"] = new FakeExit("other") }, new ExitStates());
            RouteConfig rule = new() { Ports = known ? [] : [new PortRange(53, 53)], Inbounds = known ? ["elsewhere"] : [], Exit = "other" };
            RoutedUdpSession session = Open(new GatewayConfig { Routes = [rule], Default = "exit" }, exits, new FakeResolver());
            Assert.Equal(known ? expected : DialFailure.None, await session.OpenAsync(default));
            Assert.Equal(known ? 1 : 0, exit.Opens);
            await session.CloseAsync();
        }
    }

    [Fact]
    public async Task A_cut_of_a_pool_finds_an_association_that_goes_out_by_one_of_its_addresses_second()
    {
        const string Address = "wan@127.0.0.1";
        ExitStates states = new();
        GatewayConfig config = new() { Routes = [new RouteConfig { Ports = [new PortRange(53, 53)], Exit = Address }], Default = "other" };
        ExitSet exits = new(new Dictionary<string, IExit> { [Address] = new FakeExit(Address), ["other"] = new FakeExit("other") }, states);
        RoutedUdpSession session = Open(config, exits, new FakeResolver());
        await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 9), new byte[1], default);
        Assert.False(session.Uses(states.Get("wan")));
        await session.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default);
        Assert.Equal("other", session.Exit);
        Assert.True(session.Uses(states.Get("wan")) && session.Uses(states.Get(Address)));
        await session.CloseAsync();

        // The flow was on its way when the pool was cut.
        states.Get("wan").Enable(enabled: false, cut: true);
        RoutedUdpSession late = Open(config, exits, new FakeResolver());
        await late.SendAsync(Destination.FromAddress(IPAddress.Loopback, 53), new byte[1], default);
        Assert.Equal(SessionOutcome.ExitDisabled, late.AbortReason);
        await late.CloseAsync();
    }

    private static DirectExitConfig Direct(string name, string address) => new() { Name = name, Address = IPAddress.Parse(address) };

    private RoutedUdpSession Open(GatewayConfig config, ExitSet exits, FakeResolver resolver)
    {
        EngineLog log = new(LogFactory.Create(new LoggingConfig(), console: false, _log));
        Router router = new(config, exits, resolver, TimeProvider.System);
        UdpRouting routing = new(router, exits.States, log, _counters, _time);
        return _sessions.Add(new RoutedUdpSession(_sessions, _sessions.NextId(), Association, DateTimeOffset.UnixEpoch, routing, (_, _) => default));
    }
}
