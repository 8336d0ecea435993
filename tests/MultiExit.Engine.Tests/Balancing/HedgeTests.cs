using System.Net;
using MultiExit.Engine.Balancing;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.States;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Balancing;

public sealed class HedgeTests
{
    private static readonly Destination Target = Pools.To("a.example");
    private static readonly TimeSpan Unlearnt = TimeSpan.FromMilliseconds(100);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Another_member_is_dialed_when_the_first_has_not_answered_in_time()
    {
        FakeExit silent = new("a") { IsSilent = true }, good = new("b");
        Task<DialResult> dial = Dial(Group(new HedgeConfig(), silent, good), new DialContext());
        Assert.Equal(0, good.Dials);
        _time.Advance(Unlearnt);
        Assert.Same(good, (await dial.WaitAsync(TestTransports.Patience)).Exit);
    }

    [Fact]
    public async Task A_member_that_answers_in_time_is_alone()
    {
        FakeExit first = new("a"), second = new("b");
        ExitGroup group = Group(new HedgeConfig(), first, second);
        for (int i = 0; i < 100; i++) Assert.Same(first, (await Dial(group, new DialContext())).Exit);
        Assert.Equal(0, second.Dials);
    }

    [Fact]
    public async Task The_time_is_learnt_from_the_dials_of_the_member()
    {
        FakeExit silent = new("a") { IsSilent = true }, good = new("b");
        ExitGroup group = Group(new HedgeConfig(), silent, good);
        for (int i = 1; i <= 100; i++) group.Members[0].State.Times.Add(TimeSpan.FromMilliseconds(2 * i));
        Task<DialResult> dial = Dial(group, new DialContext());
        _time.Advance(TimeSpan.FromMilliseconds(170));
        Assert.Equal(0, good.Dials);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Same(good, (await dial.WaitAsync(TestTransports.Patience)).Exit);
    }

    [Fact]
    public async Task The_first_wins_when_it_connects_before_the_other_and_the_other_one_is_closed()
    {
        TaskCompletionSource firstAnswers = new(), secondAnswers = new();
        FakeExit first = new("a") { Held = firstAnswers.Task }, second = new("b") { Held = secondAnswers.Task };
        ExitGroup group = Group(new HedgeConfig(TimeSpan.FromMilliseconds(20)), first, second);
        Task<DialResult> dial = Dial(group, new DialContext());
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await Wait.UntilAsync(() => second.Dials == 1);
        firstAnswers.SetResult();
        Assert.Same(first, (await dial.WaitAsync(TestTransports.Patience)).Exit);
        Assert.Equal(1, group.Members[1].Load);
        secondAnswers.SetResult();
        await Wait.UntilAsync(() => group.Members[1].Load == 0);
    }

    [Fact]
    public async Task One_that_lost_goes_on_to_its_own_end_when_the_client_is_served_so_that_its_fault_is_known()
    {
        TaskCompletionSource late = new();
        FakeExit dead = new("a", DialFailure.TimedOut) { Held = late.Task }, good = new("b");
        ExitGroup group = Group(new HedgeConfig(), dead, good);
        using CancellationTokenSource client = new();
        Task<DialResult> dial = group.DialAsync(Target, new DialContext(), client.Token).AsTask();
        _time.Advance(Unlearnt);
        Assert.Same(good, (await dial.WaitAsync(TestTransports.Patience)).Exit);
        await client.CancelAsync();
        late.SetResult();
        await Wait.UntilAsync(() => group.Members[0].State.FailuresOf(DialFailure.TimedOut) == 1);
    }

    [Fact]
    public async Task When_both_fail_the_client_gets_the_failure_that_says_most()
    {
        TaskCompletionSource late = new();
        FakeExit first = new("a", DialFailure.ConnectionRefused) { Held = late.Task }, second = new("b", DialFailure.General);
        Task<DialResult> dial = Dial(Group(new HedgeConfig(), first, second), new DialContext());
        _time.Advance(Unlearnt);
        await Wait.UntilAsync(() => second.Dials == 1);
        late.SetResult();
        Assert.Equal(DialFailure.ConnectionRefused, (await dial.WaitAsync(TestTransports.Patience)).Failure);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_both()
    {
        FakeExit first = new("a") { IsSilent = true }, second = new("b") { IsSilent = true };
        ExitGroup group = Group(new HedgeConfig(), first, second);
        using CancellationTokenSource client = new();
        Task<DialResult> dial = group.DialAsync(Target, new DialContext(), client.Token).AsTask();
        _time.Advance(Unlearnt);
        await Wait.UntilAsync(() => second.Dials == 1);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial.WaitAsync(TestTransports.Patience));
        await Wait.UntilAsync(() => group.Load == 0);
    }

    [Fact]
    public void No_more_than_one_dial_in_twenty_is_made_for_nothing_and_one_that_was_needed_costs_nothing()
    {
        HedgeBudget budget = new();
        int taken = 0;
        while (budget.TryTake(out _)) taken++;
        Assert.Equal(50, taken);
        for (int i = 0; i < 19; i++) budget.Dialed();
        Assert.False(budget.TryTake(out _));
        budget.Dialed();
        Assert.True(budget.TryTake(out _));
        budget.GiveBack();
        Assert.True(budget.TryTake(out _));
        Assert.False(budget.TryTake(out _));
    }

    [Fact]
    public void A_turn_that_nobody_waits_for_any_more_is_the_next_one_s()
    {
        HedgeBudget budget = new();
        for (int i = 0; i < 50; i++) Assert.True(budget.TryTake(out _));
        Assert.False(budget.TryTake(out LinkedListNode<TaskCompletionSource>? first));
        Assert.False(budget.TryTake(out LinkedListNode<TaskCompletionSource>? second));
        Assert.False(budget.TryTake(out LinkedListNode<TaskCompletionSource>? third));
        budget.Leave(second);
        budget.GiveBack();
        Assert.True(first.Value.Task.IsCompleted);
        Assert.False(third.Value.Task.IsCompleted);
        budget.Leave(first);
        Assert.True(third.Value.Task.IsCompleted);
        Assert.False(second.Value.Task.IsCompleted);
        Assert.True(budget.TryTake(out _));
    }

    [Fact]
    public async Task A_burst_of_more_dials_than_the_share_is_served_as_second_dials_turn_out_to_be_needed()
    {
        FakeExit dead = new("a") { IsSilent = true }, good = new("b");
        ExitGroup group = Group(new HedgeConfig(), dead, good);
        Task<DialResult>[] dials = [.. Enumerable.Range(0, 200).Select(_ => Dial(group, new DialContext()))];
        _time.Advance(Unlearnt);
        // No more time passes: those beyond the share wait for nothing but the others.
        DialResult[] results = await Task.WhenAll(dials).WaitAsync(TestTransports.Patience);
        Assert.All(results, result => Assert.Same(good, result.Exit));
    }

    [Fact]
    public async Task Dials_beyond_the_share_wait_for_the_first_member_where_the_second_does_not_answer_either()
    {
        TaskCompletionSource late = new();
        FakeExit slow = new("a") { Held = late.Task }, dead = new("b") { IsSilent = true };
        ExitGroup group = Group(new HedgeConfig(), slow, dead);
        Task<DialResult>[] dials = [.. Enumerable.Range(0, 60).Select(_ => Dial(group, new DialContext()))];
        _time.Advance(Unlearnt);
        await Wait.UntilAsync(() => dead.Dials == 50);
        late.SetResult();
        foreach (DialResult result in await Task.WhenAll(dials).WaitAsync(TestTransports.Patience)) Assert.Same(slow, result.Exit);
        Assert.Equal(50, dead.Dials);
    }

    [Fact]
    public async Task What_the_client_has_sent_is_given_to_no_member_and_the_record_has_the_winner()
    {
        List<int> given = [];
        PayloadExit silent = new("a", given, isSilent: true), good = new("b", given, isSilent: false);
        DialTrace trace = new();
        Task<DialResult> dial = Dial(Group(new HedgeConfig(), silent, good), new DialContext { FirstPayload = new byte[5], Trace = trace });
        await Wait.UntilAsync(() => given.Count == 1);
        _time.Advance(Unlearnt);
        DialResult result = await dial.WaitAsync(TestTransports.Patience);
        Assert.Equal(0, result.FirstPayloadSent);
        Assert.Equal([0, 0], given);
        Assert.Equal(IPAddress.Loopback, trace.Left!.Peer.Address);
        Assert.Equal("b", Assert.Single(trace.Attempts).Exit);
    }

    private static Task<DialResult> Dial(ExitGroup group, DialContext context) => group.DialAsync(Target, context, default).AsTask();

    private ExitGroup Group(HedgeConfig config, params IExit[] exits) =>
        new("pool", Pools.Members(exits), new Failover(), 0, _time, hedge: new Hedge(config, _time));

    // Notes how much of the client's it is given, and leaves what an exit leaves.
    private sealed class PayloadExit(string name, List<int> given, bool isSilent) : IExit
    {
        public string Name => name;

        public async ValueTask<DialResult> DialAsync(Destination destination, DialContext context, CancellationToken cancellationToken)
        {
            lock (given) given.Add(context.FirstPayload.Length);
            context.Trace?.Leave(new LeftConnection(new(IPAddress.Any, 1), new(isSilent ? IPAddress.Broadcast : IPAddress.Loopback, 2)), null);
            if (isSilent) await Task.Delay(Timeout.Infinite, cancellationToken);
            return DialResult.Success(new DuplexPair().Left, null, this);
        }

        public ValueTask<UdpOpenResult> OpenUdpAsync(DialContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
