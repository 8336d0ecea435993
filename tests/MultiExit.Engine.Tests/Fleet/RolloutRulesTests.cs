using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>When rollouts go on, and what a node does about them.</summary>
public sealed class RolloutRulesTests
{
    private static readonly NodeStatus[] Alive = [Node("a"), Node("b")];
    private static readonly FleetText One = new(1, "one", ""), Two = new(2, "two", "");

    [Fact]
    public void Canaries_that_have_run_it_well_for_long_enough_let_the_others_have_it()
    {
        RolloutStatus rollout = Rollout(RolloutState.Canary) with { Canaries = ["a"] };
        Assert.Null(Next(rollout));
        Assert.Null(Next(rollout, Good("a", 29)));
        Assert.Equal(RolloutState.Everywhere, Next(rollout, Good("a", 30))!.State);
    }

    [Fact]
    public void It_stays_when_all_that_are_alive_have_run_it_well_unless_somebody_has_to_confirm_it()
    {
        RolloutStatus rollout = Rollout(RolloutState.Everywhere);
        Assert.Null(Next(rollout, Good("a", 30)));
        Assert.Equal(RolloutState.Confirmed, Next(rollout, Good("a", 30), Good("b", 30))!.State);
        Assert.Null(Next(rollout with { NeedsConfirmation = true }, Good("a", 30), Good("b", 30)));
        // One that has diverged or stopped in order is not waited for.
        Assert.Equal(RolloutState.Confirmed, Next(rollout, Good("a", 30), Good("b", 0) with { State = NodeConfigState.Diverged })!.State);
        Assert.Equal(RolloutState.Confirmed, RolloutRules.Next(rollout with { Nodes = [Good("a", 30)] }, [Node("a"), Node("b", NodeState.Left)])!.State);
    }

    [Fact]
    public void One_node_on_which_it_fails_or_that_falls_silent_with_it_takes_it_back()
    {
        RolloutStatus rollout = Rollout(RolloutState.Everywhere);
        RolloutStep? back = Next(rollout, Good("a", 30), Good("b", 5) with { State = NodeConfigState.Failed, Reason = "no port" });
        Assert.Equal((RolloutState.RolledBack, "node b: no port"), (back!.State, back.Reason));
        back = RolloutRules.Next(rollout with { Nodes = [Good("a", 30), Good("b", 5)] }, [Node("a"), Node("b", NodeState.Silent)]);
        Assert.Equal(RolloutState.RolledBack, back!.State);
        // What failed before, and who was silent before, does not count.
        Assert.Null(Next(rollout, Good("a", 5), Good("b", 5) with { State = NodeConfigState.Failed, Tried = 1, Version = 1 }));
        Assert.Null(RolloutRules.Next(rollout with { Nodes = [Good("a", 5), Good("b", 5) with { Version = 1, Tried = 1 }] },
            [Node("a"), Node("b", NodeState.Silent)]));
    }

    [Fact]
    public void Time_that_is_over_takes_it_back_and_says_what_was_missing()
    {
        RolloutStatus late = Rollout(RolloutState.Everywhere) with { Left = TimeSpan.Zero };
        Assert.Contains("a is one of them", Next(late)!.Reason, StringComparison.Ordinal);
        Assert.Equal("it was not confirmed in time", Next(late with { NeedsConfirmation = true }, Good("a", 30), Good("b", 30))!.Reason);
        Assert.Null(Next(late with { State = RolloutState.Confirmed }));
        Assert.Null(Next(late with { State = RolloutState.RolledBack }));
    }

    [Theory]
    [InlineData(RolloutState.Canary, "a", FollowKind.Try)]
    [InlineData(RolloutState.Canary, "b", FollowKind.Stay)]
    [InlineData(RolloutState.Everywhere, "b", FollowKind.Try)]
    [InlineData(RolloutState.Confirmed, "b", FollowKind.Apply)]
    [InlineData(RolloutState.RolledBack, "b", FollowKind.Stay)]
    public void A_node_that_runs_the_version_before_gets_the_new_one_in_its_turn(RolloutState state, string node, object kind) =>
        Assert.Equal((FollowKind)kind, FollowStep.Of(Rollout(state) with { Canaries = ["a"] }, new FollowerState { Confirmed = One }, node).Kind);

    [Theory]
    [InlineData(RolloutState.Everywhere, FollowKind.Stay)]
    [InlineData(RolloutState.Confirmed, FollowKind.Confirm)]
    [InlineData(RolloutState.RolledBack, FollowKind.Revert)]
    public void A_node_that_tries_a_version_keeps_it_or_goes_back_as_the_store_says(RolloutState state, object kind) =>
        Assert.Equal((FollowKind)kind, FollowStep.Of(Rollout(state), new FollowerState { Confirmed = One, Trial = Two }, "a").Kind);

    [Fact]
    public void What_a_node_went_back_from_it_does_not_try_again_but_takes_when_it_stays()
    {
        FollowerState gaveUp = new() { Confirmed = One, GaveUp = 2 };
        Assert.Equal(FollowKind.Stay, FollowStep.Of(Rollout(RolloutState.Everywhere), gaveUp, "a").Kind);
        Assert.Equal(FollowKind.Apply, FollowStep.Of(Rollout(RolloutState.Confirmed), gaveUp, "a").Kind);
        RolloutStatus late = Rollout(RolloutState.Everywhere) with { Left = TimeSpan.FromSeconds(1) };
        Assert.Equal(FollowKind.Stay, FollowStep.Of(late, new FollowerState { Confirmed = One }, "a").Kind);
    }

    [Fact]
    public void A_node_is_never_taken_to_an_older_version_or_from_its_own_change_silently()
    {
        FollowStep older = FollowStep.Of(Rollout(RolloutState.Confirmed), new FollowerState { Confirmed = Two with { Number = 9 } }, "a");
        Assert.Equal((FollowKind.Stay, "it runs version 9, and the store is at 2"), (older.Kind, older.Stranger));
        FollowStep other = FollowStep.Of(Rollout(RolloutState.Confirmed), new FollowerState { Confirmed = Two with { Sha256 = "other" } }, "a");
        Assert.Equal((FollowKind.Stay, "its version 2 has another text than the store's"), (other.Kind, other.Stranger));
        Assert.Equal(FollowKind.Stay, FollowStep.Of(Rollout(RolloutState.Confirmed), new FollowerState { Confirmed = One, Diverged = "x" }, "a").Kind);
        Assert.Null(FollowStep.Of(Rollout(RolloutState.Confirmed), new FollowerState { Confirmed = Two }, "a").Stranger);
    }

    [Fact]
    public void Requests_that_fail_more_often_than_before_are_a_fault_of_the_version()
    {
        (long Sessions, long Failed, long Faults) count = (1000, 100, 0);
        RolloutGate gate = new(() => count);
        gate.Begin();
        Assert.Null(gate.FindFault());
        count = (1019, 119, 0);
        Assert.Null(gate.FindFault());
        count = (1100, 129, 0);
        Assert.Null(gate.FindFault());
        count = (1100, 131, 0);
        Assert.Contains("31 of 100 requests were not served", gate.FindFault(), StringComparison.Ordinal);
        count = (1100, 100, 40);
        Assert.Contains("40 of 140 connections broke their protocol", gate.FindFault(), StringComparison.Ordinal);
    }

    private static RolloutStep? Next(RolloutStatus rollout, params NodeConfigStatus[] said) => RolloutRules.Next(rollout with { Nodes = said }, Alive);

    private static RolloutStatus Rollout(RolloutState state) => new("prod", 2, 1, state, TimeSpan.FromMinutes(1), "two") { Hold = TimeSpan.FromSeconds(30) };

    private static NodeConfigStatus Good(string node, int held) => new(node, 2, NodeConfigState.Current, 2, null, TimeSpan.FromSeconds(held), default);

    private static NodeStatus Node(string name, NodeState state = NodeState.Alive) => new(name, state, 1, default, default, "1", []);
}
