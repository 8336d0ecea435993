using MultiExit.Engine.Configuration;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Rollouts;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of versions and rollouts does; each store has a class of its own with these tests.</summary>
internal static class RolloutStoreContract
{
    private static readonly RolloutRequest All = new() { Message = "for a test" };

    public static RolloutDraft Draft(string text, RolloutRequest? request = null, params string[] canaries) =>
        new(text, ConfigDocument.HashOf(text), "ops", 0, canaries, request ?? All);

    public static async Task<FleetMember> JoinAsync(IFleetStore store, string node)
    {
        NodeEntry entry = NodeStoreContract.Node(node);
        return new FleetMember(entry.Fleet, node, await store.Nodes.JoinAsync(entry, 0, default), []);
    }

    public static async Task What_one_node_publishes_the_others_read(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a");
        Assert.Null(await store.Rollouts.ReadAsync("prod", default));
        RolloutRequest request = new() { Message = "new exits", ConfirmWithin = TimeSpan.FromMinutes(5), Hold = TimeSpan.FromSeconds(7) };
        Assert.Equal(1, await store.Rollouts.PublishAsync(a, Draft("x: 1", request, "b", "c"), default));
        RolloutStatus read = (await store.Rollouts.ReadAsync("prod", default))!;
        Assert.Equal((1, 0, RolloutState.Canary, ConfigDocument.HashOf("x: 1")), (read.Version, read.Base, read.State, read.Sha256));
        Assert.Equal(["b", "c"], read.Canaries);
        Assert.Equal((TimeSpan.FromSeconds(7), true, "ops", "new exits"), (read.Hold, read.NeedsConfirmation, read.Who, read.Message));
        Assert.InRange(read.Left.TotalSeconds, 290, 300);
        Assert.Equal("x: 1", (await store.Rollouts.ReadTextAsync("prod", 1, default))!.Text);
        Assert.Null(await store.Rollouts.ReadTextAsync("prod", 2, default));
        Assert.Null(await store.Rollouts.ReadAsync("other", default));
    }

    public static async Task While_one_version_is_rolled_out_only_the_same_one_is_taken_again(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a");
        Assert.Equal(1, await store.Rollouts.PublishAsync(a, Draft("x: 1"), default));
        Assert.Equal(1, await store.Rollouts.PublishAsync(a, Draft("x: 1"), default));
        Assert.Equal(0, await store.Rollouts.PublishAsync(a, Draft("x: 2"), default));
        Assert.True(await store.Rollouts.StepAsync(a, (await store.Rollouts.ReadAsync("prod", default))!, new(RolloutState.Confirmed), default));
        Assert.Equal(2, await store.Rollouts.PublishAsync(a, Draft("x: 2"), default));
        Assert.Equal(1, (await store.Rollouts.ReadAsync("prod", default))!.Base);
    }

    public static async Task A_version_that_was_rolled_back_is_nobodys_base(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a");
        foreach ((string text, RolloutState end) in new[] { ("x: 1", RolloutState.Confirmed), ("x: 2", RolloutState.RolledBack) })
        {
            await store.Rollouts.PublishAsync(a, Draft(text), default);
            Assert.True(await store.Rollouts.StepAsync(a, (await store.Rollouts.ReadAsync("prod", default))!, new(end, "why"), default));
        }
        RolloutStatus back = (await store.Rollouts.ReadAsync("prod", default))!;
        Assert.Equal((2, 1, RolloutState.RolledBack, "why"), (back.Version, back.Base, back.State, back.Reason));
        await store.Rollouts.PublishAsync(a, Draft("x: 3"), default);
        RolloutStatus next = (await store.Rollouts.ReadAsync("prod", default))!;
        Assert.Equal((3, 1, null), (next.Version, next.Base, next.Reason));
    }

    public static async Task A_step_counts_once_and_only_from_where_it_was_read(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a"), b = await JoinAsync(store, "b");
        await store.Rollouts.PublishAsync(a, Draft("x: 1", null, "a"), default);
        RolloutStatus read = (await store.Rollouts.ReadAsync("prod", default))!;
        bool[] done = await Task.WhenAll(new[] { a, b }.Select(node => store.Rollouts.StepAsync(node, read, new(RolloutState.Everywhere), default)));
        Assert.Equal(1, done.Count(one => one));
        Assert.False(await store.Rollouts.StepAsync(a, read, new(RolloutState.RolledBack), default));
        Assert.Equal(RolloutState.Everywhere, (await store.Rollouts.ReadAsync("prod", default))!.State);
    }

    public static async Task Nobody_confirms_what_is_late(IFleetStore store, Func<Task> makeLate)
    {
        FleetMember a = await JoinAsync(store, "a");
        await store.Rollouts.PublishAsync(a, Draft("x: 1", new RolloutRequest { ConfirmWithin = TimeSpan.FromSeconds(10) }), default);
        await makeLate();
        RolloutStatus read = (await store.Rollouts.ReadAsync("prod", default))!;
        Assert.True(read.Left <= TimeSpan.Zero);
        Assert.False(await store.Rollouts.StepAsync(a, read, new(RolloutState.Confirmed), default));
        Assert.True(await store.Rollouts.StepAsync(a, read, new(RolloutState.RolledBack, "late"), default));
    }

    public static async Task A_server_that_is_not_the_node_any_more_writes_nothing(IFleetStore store)
    {
        FleetMember old = await JoinAsync(store, "a"), now = await JoinAsync(store, "a");
        Assert.NotEqual(old.Epoch, now.Epoch);
        Assert.Equal(0, await store.Rollouts.PublishAsync(old, Draft("x: 1"), default));
        await store.Rollouts.ReportAsync(old, Report(1), default);
        Assert.Empty(await store.Rollouts.ListAsync("prod", default));
        await store.Rollouts.PublishAsync(now, Draft("x: 1"), default);
        Assert.False(await store.Rollouts.StepAsync(old, (await store.Rollouts.ReadAsync("prod", default))!, new(RolloutState.Confirmed), default));
        Assert.Null(await store.Rollouts.LeadAsync(old, _ => new RolloutStep(RolloutState.Confirmed), default));
    }

    public static async Task Whoever_leads_sees_what_the_nodes_say_and_decides(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a"), b = await JoinAsync(store, "b");
        Assert.Null(await store.Rollouts.LeadAsync(a, _ => throw new InvalidOperationException("there is nothing to lead"), default));
        await store.Rollouts.PublishAsync(a, Draft("x: 1"), default);
        await store.Rollouts.ReportAsync(b, Report(1) with { State = NodeConfigState.Failed, Reason = "no port" }, default);
        RolloutStatus? seen = null;
        Assert.Null(await store.Rollouts.LeadAsync(a, rollout =>
        {
            seen = rollout;
            return null;
        }, default));
        NodeConfigStatus said = Assert.Single(seen!.Nodes);
        Assert.Equal(
            ("b", 1, NodeConfigState.Failed, 1, "no port", TimeSpan.FromSeconds(3)),
            (said.Node, said.Version, said.State, said.Tried, said.Reason, said.Held));
        RolloutStep? step = await store.Rollouts.LeadAsync(a, _ => new RolloutStep(RolloutState.RolledBack, "b"), default);
        Assert.Equal(RolloutState.RolledBack, step?.State);
        Assert.Equal("b", (await store.Rollouts.ReadAsync("prod", default))!.Reason);
        Assert.Null(await store.Rollouts.LeadAsync(a, _ => throw new InvalidOperationException("it has ended"), default));
    }

    public static async Task A_restored_store_gives_no_number_twice(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a");
        Assert.Equal(8, await store.Rollouts.PublishAsync(a, Draft("x: 1") with { Above = 7 }, default));
    }

    private static NodeConfigStatus Report(int version) => new("", version, NodeConfigState.Current, version, null, TimeSpan.FromSeconds(3), default);
}
