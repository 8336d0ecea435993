using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Nodes in a store in memory.</summary>
public sealed class MemoryNodesTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public Task A_server_that_joins_again_keeps_its_epoch_and_another_one_gets_the_next() =>
        NodeStoreContract.A_server_that_joins_again_keeps_its_epoch_and_another_one_gets_the_next(new MemoryStore(_time).Nodes);

    [Fact]
    public Task The_beat_of_a_server_that_was_replaced_changes_nothing_and_says_who_has_the_name() =>
        NodeStoreContract.The_beat_of_a_server_that_was_replaced_changes_nothing_and_says_who_has_the_name(new MemoryStore(_time).Nodes);

    [Fact]
    public Task A_server_that_leaves_late_does_not_take_the_one_behind_it_out() =>
        NodeStoreContract.A_server_that_leaves_late_does_not_take_the_one_behind_it_out(new MemoryStore(_time).Nodes);

    [Fact]
    public Task A_store_that_has_forgotten_a_node_gives_it_no_epoch_twice() =>
        NodeStoreContract.A_store_that_has_forgotten_a_node_gives_it_no_epoch_twice(new MemoryStore(_time).Nodes);

    [Fact]
    public Task Nodes_are_listed_by_fleet_and_name_with_what_they_said() =>
        NodeStoreContract.Nodes_are_listed_by_fleet_and_name_with_what_they_said(new MemoryStore(_time).Nodes);

    [Fact]
    public Task Text_that_would_be_sql_is_data() =>
        NodeStoreContract.Text_that_would_be_sql_is_data(new MemoryStore(_time).Nodes);

    [Fact]
    public async Task A_node_that_says_nothing_for_15_seconds_is_silent()
    {
        INodeStore store = new MemoryStore(_time).Nodes;
        await store.JoinAsync(NodeStoreContract.Node("a"), 0, default);
        _time.Advance(TimeSpan.FromSeconds(15) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(NodeState.Alive, Assert.Single(await store.ListAsync("prod", default)).State);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(NodeState.Silent, Assert.Single(await store.ListAsync("prod", default)).State);
    }
}
