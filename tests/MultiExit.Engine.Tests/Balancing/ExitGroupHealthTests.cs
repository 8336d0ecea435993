using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

/// <summary>How a group treats members that are down, and how members go down.</summary>
public sealed class ExitGroupHealthTests
{
    private static readonly Destination Target = Pools.To("192.0.2.1");
    private static readonly DialContext Context = new();
    private static readonly HealthConfig Check = new() { EjectAfter = 2 };

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_dead_proxy_is_passed_over_and_tried_again_later()
    {
        FakeExit broken = new("broken", DialFailure.ProxyUnreachable);
        FakeExit good = new("good");
        ExitGroup group = Group(new Failover(), 1, broken, good);
        for (int i = 0; i < 5; i++) Assert.Same(good, (await group.DialAsync(Target, Context, default)).Exit);
        Assert.Equal(2, broken.Dials);
        broken.Failure = DialFailure.None;
        _time.Advance(Check.EjectFor);
        Assert.Same(broken, (await group.DialAsync(Target, Context, default)).Exit);
        Assert.Equal(ExitHealthState.Up, group.Members[0].State.Health.Status.State);
    }

    [Theory]
    [InlineData(nameof(DialFailure.TimedOut), true)]
    [InlineData(nameof(DialFailure.HostUnreachable), true)]
    [InlineData(nameof(DialFailure.ConnectionRefused), false)]
    [InlineData(nameof(DialFailure.NetworkUnreachable), false)]
    public async Task What_another_member_reaches_was_not_the_targets_fault(string failure, bool goesOut)
    {
        ExitGroup group = Group(new Failover(), 1, new FakeExit("suspect", Enum.Parse<DialFailure>(failure)), new FakeExit("good"));
        for (int i = 0; i < 5; i++) Assert.True((await group.DialAsync(Target, Context, default)).Succeeded);
        Assert.Equal(!goesOut, group.Members[0].IsAvailable);
    }

    [Theory]
    [InlineData(nameof(DialFailure.TimedOut))]
    [InlineData(nameof(DialFailure.ConnectionRefused))]
    [InlineData(nameof(DialFailure.NameNotResolved))]
    public async Task A_target_that_no_member_reaches_takes_none_out(string failure)
    {
        ExitGroup group = Group(new RoundRobin(), 1, new FakeExit("a", Enum.Parse<DialFailure>(failure)), new FakeExit("b", Enum.Parse<DialFailure>(failure)));
        for (int i = 0; i < 10; i++) Assert.False((await group.DialAsync(Target, Context, default)).Succeeded);
        Assert.All(group.Members, member => Assert.True(member.IsAvailable));
    }

    [Fact]
    public async Task Datagrams_pass_over_what_is_down_and_take_it_out()
    {
        FakeExit broken = new("broken", DialFailure.ProxyUnreachable);
        FakeExit good = new("good");
        ExitGroup group = Group(new Failover(), 1, broken, good);
        for (int i = 0; i < 5; i++) Assert.Same(good, (await group.OpenUdpAsync(Context, default)).Exit);
        Assert.Equal((2, 5), (broken.Opens, good.Opens));
        Assert.Same(group.Members[1].Exit, group.Choose(Target, null, Context));
    }

    [Fact]
    public async Task A_flow_through_a_proxy_ends_a_run_of_failures()
    {
        FakeExit exit = new("proxy");
        ExitGroup group = Group(new Failover(), 0, exit);
        for (int i = 0; i < 6; i++)
        {
            exit.Failure = i % 2 == 0 ? DialFailure.ProxyUnreachable : DialFailure.None;
            await group.OpenUdpAsync(Context, default);
            Assert.True(group.Members[0].IsAvailable);
        }
    }

    [Fact]
    public async Task All_down_tries_them_or_fails_at_once()
    {
        FakeExit[] members = [new("a", DialFailure.ProxyUnreachable), new("b", DialFailure.ProxyUnreachable)];
        ExitGroup tries = Group(new RoundRobin(), 1, members);
        ExitGroup fails = new("strict", tries.Members, new RoundRobin(), 1, _time, AllDownPolicy.Fail);
        for (int i = 0; i < 2; i++) await tries.DialAsync(Target, Context, default);
        Assert.All(tries.Members, member => Assert.False(member.IsAvailable));
        DialResult refused = await fails.DialAsync(Target, Context, default);
        Assert.Equal(DialFailure.General, refused.Failure);
        Assert.Contains("a is down: 2 failed dials in a row: a: it fails", refused.Detail, StringComparison.Ordinal);
        Assert.False((await fails.OpenUdpAsync(Context, default)).Succeeded);
        Assert.Equal((2, 0), (members[0].Dials, members[0].Opens));
        members[0].Failure = members[1].Failure = DialFailure.None;
        Assert.True((await tries.DialAsync(Target, Context, default)).Succeeded);
    }

    [Fact]
    public async Task A_group_is_up_while_a_member_is()
    {
        FakeExit a = new("a", DialFailure.ProxyUnreachable);
        ExitGroup inner = Group(new Failover(), 0, a);
        FakeExit other = new("other");
        ExitGroup outer = new("outer", Pools.Members([inner, other]), new Failover(), 1, _time);
        for (int i = 0; i < 4; i++) Assert.Same(other, (await outer.DialAsync(Target, Context, default)).Exit);
        Assert.Equal(2, a.Dials);
        Assert.Equal((ExitHealthState.Down, "no member is up"), (inner.Health.State, inner.Health.Reason));
        Assert.Equal("none of its members is up", outer.Members[0].Unavailability);
        // The other one is used, but nothing checks whether it is up.
        Assert.Equal((ExitHealthState.Unknown, "1 of 2 members may be used"), (outer.Health.State, outer.Health.Reason));
        ExitGroup mixed = Group(new Failover(), 1, new FakeExit("dead", DialFailure.ProxyUnreachable), new FakeExit("good"));
        Assert.Equal((ExitHealthState.Unknown, "2 of 2 members may be used"), (mixed.Health.State, mixed.Health.Reason));
        for (int i = 0; i < 2; i++) Assert.True((await mixed.DialAsync(Target, Context, default)).Succeeded);
        Assert.Equal((ExitHealthState.Up, "1 of 2 members may be used"), (mixed.Health.State, mixed.Health.Reason));
    }

    [Fact]
    public void A_group_without_members_and_one_whose_members_are_all_full_are_down()
    {
        ExitGroup empty = new("empty", [], new Failover(), 0, _time);
        Assert.Equal((ExitHealthState.Down, "it has no member now"), (empty.Health.State, empty.Health.Reason));
        Member[] members = Pools.Named("a", "b");
        ExitGroup group = new("pool", members, new Failover(), 0, _time);
        Assert.Equal(ExitHealthState.NoCheck, group.Health.State);
        foreach (Member member in members) member.State.Limit = new FakeLimit { Reached = "it is full" };
        Assert.Equal((ExitHealthState.Down, "no member may be used"), (group.Health.State, group.Health.Reason));
    }

    [Fact]
    public async Task A_member_that_fills_up_between_choice_and_dial_is_passed_over_and_not_blamed()
    {
        FakeExit full = new("full"), other = new("other");
        // Without a retry, and with some: neither costs one, nor counts against the member.
        foreach (int retries in (int[])[0, 3])
        {
            ExitGroup group = Group(new Failover(), retries, full, other);
            group.Members[0].State.Limit = new FakeLimit { Lost = "the exit full has its 1 connection" };
            for (int i = 0; i < 3; i++)
            {
                Assert.Same(other, (await group.DialAsync(Target, Context, default)).Exit);
                Assert.Same(other, (await group.OpenUdpAsync(Context, default)).Exit);
            }
            Assert.True(group.Members[0].IsAvailable);
            Assert.Equal((0, 0L), (group.Members[0].State.Loss.Share, group.Members[0].State.Dials));
            group.Members[1].State.Limit = new FakeLimit { Lost = "the exit other is full as well" };
            DialResult none = await group.DialAsync(Target, Context, default);
            Assert.Equal("pool > other: the exit other is full as well", none.Detail);
            Assert.True(none.IsUntried);
        }
        Assert.Equal(0, full.Dials + full.Opens);
    }

    [Fact]
    public async Task A_failure_says_more_than_a_member_that_was_full()
    {
        ExitGroup group = Group(new Failover(), 3, new FakeExit("broken", DialFailure.ProxyUnreachable), new FakeExit("full"));
        group.Members[1].State.Limit = new FakeLimit { Lost = "it is full" };
        DialResult result = await group.DialAsync(Target, Context, default);
        Assert.Equal((DialFailure.ProxyUnreachable, false), (result.Failure, result.IsUntried));
    }

    [Fact]
    public async Task A_silent_exit_leaves_time_for_the_next()
    {
        FakeExit silent = new("silent") { IsSilent = true };
        FakeExit good = new("good");
        ExitGroup group = Group(new Failover(), 1, silent, good);
        Task<DialResult> dial = group.DialAsync(Target, Context, default).AsTask();
        await _time.WaitForTimersAsync(1);
        _time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.Equal(0, good.Dials);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Same(good, (await dial.WaitAsync(TestTransports.Patience)).Exit);
        Task<UdpOpenResult> open = group.OpenUdpAsync(Context, default).AsTask();
        await Wait.UntilAsync(() => silent.Opens == 1);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Same(good, (await open.WaitAsync(TestTransports.Patience)).Exit);
        Assert.Equal("silent: no answer within 5 s, its share of the time for all attempts", group.Members[0].State.LastError);
    }

    [Fact]
    public async Task A_group_within_a_group_shares_what_it_was_given()
    {
        FakeExit[] silent = [new("a") { IsSilent = true }, new("b") { IsSilent = true }];
        ExitGroup inner = Group(new Failover(), 1, silent);
        FakeExit good = new("good");
        ExitGroup outer = new("outer", Pools.Members([inner, good]), new Failover(), 1, _time, patience: TimeSpan.FromSeconds(10));
        Task<DialResult> dial = outer.DialAsync(Target, Context, default).AsTask();
        await Wait.UntilAsync(() => silent[0].Dials == 1);
        _time.Advance(TimeSpan.FromSeconds(2.5));
        await Wait.UntilAsync(() => silent[1].Dials == 1);
        _time.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Same(good, (await dial.WaitAsync(TestTransports.Patience)).Exit);
    }

    [Fact]
    public void The_fastest_that_is_back_is_taken_again_only_when_it_is_clearly_faster()
    {
        FakeExit[] exits = [new("a"), new("b")];
        LowestLatency fastest = new();
        ExitGroup group = Group(fastest, 0, exits);
        group.Members[0].State.Measured(TimeSpan.FromMilliseconds(10));
        group.Members[1].State.Measured(TimeSpan.FromMilliseconds(11)); // never dialed, yet known by probes
        Assert.Equal(0, fastest.Preview(group.Candidates(Context), Target, Context, 0).Index);
        Assert.Same(group.Members[0].Exit, group.Choose(Target, null, Context));
        group.Members[0].State.Health.DialFailed("x");
        group.Members[0].State.Health.DialFailed("x");
        Assert.Same(group.Members[1].Exit, group.Choose(Target, null, Context));
        _time.Advance(Check.EjectFor);
        Assert.Same(group.Members[1].Exit, group.Choose(Target, null, Context));
    }

    // Its members' time is the test's.
    private ExitGroup Group(IStrategy strategy, int retries, params IExit[] exits)
    {
        ExitStates states = new(_time);
        states.Use(exits.ToDictionary(exit => exit.Name, _ => Check));
        Member[] members = [.. exits.Select(exit => new Member(exit, states.Get(exit.Name), 1))];
        return new ExitGroup("pool", members, strategy, retries, _time, patience: TimeSpan.FromSeconds(10));
    }
}
