using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

/// <summary>The promise of each strategy. Shares are exact, or drawn with a fixed seed or fixed keys.</summary>
public sealed class StrategyTests
{
    private static readonly Destination Target = Pools.To("a.example");
    private static readonly DialContext Nobody = new();

    [Fact]
    public async Task Failover_takes_the_first_that_works()
    {
        FakeExit[] exits = [new("a", DialFailure.ProxyUnreachable), new("b"), new("c")];
        ExitGroup group = Pools.Of("pool", new Failover(), 2, exits);
        for (int i = 0; i < 5; i++) Assert.Equal("b", (await group.DialAsync(Target, Nobody, default)).Exit!.Name);
        Assert.Equal((5, 5, 0), (exits[0].Dials, exits[1].Dials, exits[2].Dials));
    }

    [Fact]
    public void Random_is_even()
    {
        Member[] members = Pools.Named("a", "b", "c");
        RandomChoice strategy = new(new Random(7));
        // Expected 3000 each, standard deviation 45.
        Assert.All(Count(members, 9000, _ => strategy.Choose(members, Target, Nobody, 0)), count => Assert.InRange(count, 2775, 3225));
    }

    [Fact]
    public void Weighted_is_exact_and_interleaved()
    {
        Member[] members = Pools.Members([new FakeExit("a"), new FakeExit("b"), new FakeExit("c")], 5, 1, 1);
        Weighted strategy = new();
        string turns = string.Concat(Enumerable.Range(0, 7).Select(_ => members[strategy.Choose(members, Target, Nobody, 0)].Exit.Name));
        Assert.Equal("aabacaa", turns);
        Assert.Equal([5000, 1000, 1000], Count(members, 7000, _ => strategy.Choose(members, Target, Nobody, 0)));
    }

    [Fact]
    public void Weighted_keeps_the_shares_of_those_that_are_left()
    {
        Member[] members = Pools.Members([new FakeExit("a"), new FakeExit("b"), new FakeExit("c")], 5, 1, 2);
        Weighted strategy = new();
        Member[] left = members[1..];
        Assert.Equal([100, 200], Count(left, 300, _ => strategy.Choose(left, Target, Nobody, 0)));
    }

    [Fact]
    public void Least_connections_fills_up_evenly()
    {
        Member[] members = Pools.Named("a", "b", "c");
        for (int i = 0; i < 4; i++) members[1].State.SessionBegan();
        LeastConnections strategy = new();
        for (int i = 0; i < 8; i++) members[strategy.Choose(members, Target, Nobody, 0)].State.SessionBegan();
        Assert.Equal([4, 4, 4], members.Select(member => member.State.Sessions));
        members[2].State.SessionEnded(1, 2);
        Assert.Equal(2, strategy.Choose(members, Target, Nobody, 0));
    }

    [Fact]
    public void Least_connections_counts_dials_under_way()
    {
        Member[] members = Pools.Named("a", "b");
        LeastConnections strategy = new();
        for (int i = 0; i < 10; i++) members[strategy.Choose(members, Target, Nobody, 0)].State.DialBegan();
        Assert.Equal([5, 5], members.Select(member => member.Load));
    }

    [Fact]
    public void Lowest_latency_tries_each_once_then_stays_with_the_fastest()
    {
        Member[] members = Pools.Named("a", "b", "c");
        LowestLatency strategy = new();
        foreach ((int index, int milliseconds) in ((int, int)[])[(0, 50), (1, 20), (2, 30)])
        {
            Assert.Equal(index, strategy.Choose(members, Target, Nobody, 0));
            Dialed(members[index], milliseconds);
        }
        for (int i = 0; i < 10; i++) Assert.Equal(1, strategy.Choose(members, Target, Nobody, 0));
    }

    [Fact]
    public void A_score_is_looked_at_once_for_each_choice()
    {
        Member[] members = Pools.Named("a", "b", "c", "d");
        foreach (Member member in members) Dialed(member, 20);
        CountedScore strategy = new();
        for (int i = 0; i < 2; i++) strategy.Choose(members, Target, Nobody, 0);
        Assert.Equal(2 * members.Length, strategy.Looked);
    }

    [Fact]
    public void Lowest_latency_is_left_only_for_one_that_is_clearly_faster()
    {
        Member[] members = Pools.Named("a", "b");
        LowestLatency strategy = new();
        Dialed(members[0], 100);
        Dialed(members[1], 110);
        Assert.Equal(0, strategy.Choose(members, Target, Nobody, 0));
        for (int i = 0; i < 50; i++) Dialed(members[1], 85);
        Assert.Equal(0, strategy.Choose(members, Target, Nobody, 0));
        for (int i = 0; i < 50; i++) Dialed(members[1], 60);
        Assert.Equal(1, strategy.Choose(members, Target, Nobody, 0));
        for (int i = 0; i < 50; i++) Dialed(members[0], 55);
        Assert.Equal(1, strategy.Choose(members, Target, Nobody, 0));
    }

    [Fact]
    public void Lowest_latency_puts_those_that_only_failed_last()
    {
        Member[] members = Pools.Named("a", "b");
        members[0].State.DialBegan();
        members[0].State.DialFailed(DialFailure.TimedOut, "no answer");
        members[0].State.DialEnded();
        Dialed(members[1], 500);
        Assert.Equal(1, new LowestLatency().Choose(members, Target, Nobody, 0));
    }

    [Fact]
    public void Quality_weighs_a_loss_of_two_percent_as_200_ms_and_forgets_it()
    {
        ManualTimeProvider time = new();
        Member[] members = [.. "ab".Select(name => new Member(new FakeExit($"{name}"), new ExitState($"{name}", time), 1))];
        for (int i = 0; i < 99; i++) Dialed(members[0], 20);
        for (int i = 0; i < 99; i++) Dialed(members[1], 100);
        Quality strategy = new();
        Assert.Equal(0, strategy.Choose(members, Target, Nobody, 0));
        for (int i = 0; i < 2; i++) members[0].State.DialFailed(DialFailure.ProxyUnreachable, "gone");
        members[0].State.DialFailed(DialFailure.ConnectionRefused, "the target's own doing");
        Assert.Equal(0.02, members[0].State.Loss.Share, 0.001);
        Assert.Equal(1, strategy.Choose(members, Target, Nobody, 0));
        Assert.Equal("100 ms for 95 of 100, 0% lost", strategy.Preview(members, Target, Nobody, 0).Reason.Split(": ")[1]);
        // What was lost is forgotten: it is the best again.
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, strategy.Choose(members, Target, Nobody, 0));
    }

    [Fact]
    public void Quality_goes_by_the_slow_ones_of_many_dials_and_not_by_the_average()
    {
        Member[] members = Pools.Named("a", "b");
        for (int i = 0; i < 96; i++)
        {
            Dialed(members[0], i % 10 == 0 ? 400 : 10);
            Dialed(members[1], 80);
        }
        for (int i = 0; i < 9; i++) Dialed(members[0], 10);
        Assert.Equal(0, new LowestLatency().Choose(members, Target, Nobody, 0));
        Assert.Equal(1, new Quality().Choose(members, Target, Nobody, 0));
    }

    [Fact]
    public void A_loss_is_half_as_much_beside_what_comes_five_minutes_later()
    {
        ManualTimeProvider time = new();
        DialLoss loss = new(time);
        Assert.Equal(0, loss.Share);
        for (int i = 0; i < 8; i++) loss.Add(good: false);
        Assert.Equal(8.0 / 9, loss.Share, 0.0001);
        time.Advance(TimeSpan.FromMinutes(5));
        for (int i = 0; i < 3; i++) loss.Add(good: true);
        Assert.Equal(0.5, loss.Share, 0.0001);
    }

    [Theory]
    [InlineData(0, "a")]
    [InlineData(80, "a")]
    [InlineData(32767, "a")]
    [InlineData(32768, "b")]
    [InlineData(65535, "b")]
    public void Ports_go_to_the_member_of_their_range(int port, string exit)
    {
        Member[] members = Pools.Named("b", "a");
        PortBased strategy = new([new(new PortRange(0, 32767), "a"), new(new PortRange(32768, 65535), "b"), new(new PortRange(80, 80), "b")]);
        for (int i = 0; i < 3; i++) Assert.Equal(exit, members[strategy.Choose(members, Pools.To("h.example", port), Nobody, 0)].Exit.Name);
    }

    [Fact]
    public void Ports_outside_every_range_and_those_of_a_missing_member_are_taken_in_turn()
    {
        Member[] members = Pools.Named("a", "b");
        PortBased strategy = new([new(new PortRange(25, 25), "a"), new(new PortRange(26, 26), "gone")]);
        Assert.Equal([5, 5], Count(members, 10, _ => strategy.Choose(members, Pools.To("h.example", 443), Nobody, 0)));
        Assert.Equal([5, 5], Count(members, 10, _ => strategy.Choose(members, Pools.To("h.example", 26), Nobody, 0)));
    }

    [Fact]
    public void Destinations_are_spread_and_keep_their_member()
    {
        Member[] members = Pools.Named("a", "b", "c", "d");
        DestinationBased strategy = new(BindingUnit.Connection);
        int[] counts = Count(members, 8000, i => strategy.Choose(members, Pools.To($"h{i}.example"), Nobody, 0));
        Assert.All(counts, count => Assert.InRange(count, 1800, 2200));
        int chosen = strategy.Choose(members, Pools.To("H1.example."), Pools.From("192.0.2.1"), 0);
        Assert.Equal(chosen, strategy.Choose(members, Pools.To("h1.EXAMPLE", 80), Pools.From("192.0.2.2", "alice"), 1));
    }

    [Fact]
    public void Only_the_destinations_of_a_member_that_leaves_move()
    {
        Member[] members = Pools.Named("a", "b", "c", "d");
        Member[] left = [members[0], members[1], members[3]];
        DestinationBased strategy = new(BindingUnit.Connection);
        int moved = 0;
        for (int i = 0; i < 2000; i++)
        {
            Destination target = Pools.To($"h{i}.example");
            Member before = members[strategy.Choose(members, target, Nobody, 0)];
            Member after = left[strategy.Choose(left, target, Nobody, 0)];
            if (before == members[2]) moved++;
            else Assert.Same(before, after);
        }
        Assert.InRange(moved, 400, 600);
    }

    [Fact]
    public void A_destination_bound_for_each_client_or_user_is_spread_over_them()
    {
        Member[] members = Pools.Named("a", "b");
        DestinationBased clients = new(BindingUnit.Client);
        Assert.All(Count(members, 200, i => clients.Choose(members, Target, Pools.From($"192.0.2.{i}"), 0)), count => Assert.InRange(count, 70, 130));
        DestinationBased users = new(BindingUnit.User);
        Assert.All(Count(members, 200, i => users.Choose(members, Target, Pools.From("192.0.2.1", $"user{i}"), 0)), count => Assert.InRange(count, 70, 130));
        Assert.Single(Enumerable.Range(1, 50).Select(i => users.Choose(members, Target, Pools.From($"192.0.2.{i}", "alice"), 0)).Distinct());
    }

    private static void Dialed(Member member, int milliseconds)
    {
        member.State.DialBegan();
        member.State.DialSucceeded(TimeSpan.FromMilliseconds(milliseconds));
        member.State.DialEnded();
    }

    private static int[] Count(Member[] members, int times, Func<int, int> choose)
    {
        int[] counts = new int[members.Length];
        for (int i = 0; i < times; i++) counts[choose(i)]++;
        return counts;
    }

    private sealed class CountedScore : BestScore
    {
        public int Looked { get; private set; }

        protected override string Reason => "";

        protected override double Score(Member member)
        {
            Looked++;
            return member.State.Latency;
        }

        protected override string Describe(Member member) => "";
    }
}
