using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of nodes does; each store has a class of its own with these tests.</summary>
internal static class NodeStoreContract
{
    public static NodeEntry Node(string name, string fleet = "prod") => new(fleet, name, Guid.NewGuid(), "1.2.3", ["eu", "edge"]);

    public static async Task A_server_that_joins_again_keeps_its_epoch_and_another_one_gets_the_next(INodeStore store)
    {
        NodeEntry first = Node("a"), second = Node("a");
        Assert.Equal(1, await store.JoinAsync(first, 0, default));
        Assert.Equal(1, await store.JoinAsync(first, 0, default));
        Assert.Equal(2, await store.JoinAsync(second, 0, default));
        Assert.Equal(2, await store.JoinAsync(second, 0, default));
    }

    public static async Task The_beat_of_a_server_that_was_replaced_changes_nothing_and_says_who_has_the_name(INodeStore store)
    {
        NodeEntry first = Node("a"), second = Node("a");
        long old = await store.JoinAsync(first, 0, default), newer = await store.JoinAsync(second, 0, default);
        await store.LeaveAsync(second, newer, default);
        Assert.Equal(newer, await store.BeatAsync(first, old, default));
        Assert.Equal(NodeState.Left, Assert.Single(await store.ListAsync("prod", default)).State);
        await store.LeaveAsync(first, old, default);
        // A beat that the network held up comes behind the leave of its own server, which joins anew where it is still there.
        Assert.Equal(newer, await store.BeatAsync(second, newer, default));
        Assert.Equal(NodeState.Left, Assert.Single(await store.ListAsync("prod", default)).State);
        Assert.Equal(newer, await store.JoinAsync(second, newer, default));
        Assert.Equal(newer, await store.BeatAsync(second, newer, default));
        NodeStatus node = Assert.Single(await store.ListAsync("prod", default));
        Assert.Equal((NodeState.Alive, newer), (node.State, node.Epoch));
    }

    public static async Task A_server_that_leaves_late_does_not_take_the_one_behind_it_out(INodeStore store)
    {
        NodeEntry first = Node("a"), second = Node("a");
        long old = await store.JoinAsync(first, 0, default);
        await store.JoinAsync(second, 0, default);
        await store.LeaveAsync(first, old, default);
        Assert.Equal(NodeState.Alive, Assert.Single(await store.ListAsync("prod", default)).State);
    }

    public static async Task A_store_that_has_forgotten_a_node_gives_it_no_epoch_twice(INodeStore store)
    {
        NodeEntry node = Node("a");
        Assert.Equal(0, await store.BeatAsync(node, 7, default));
        Assert.Equal(8, await store.JoinAsync(node, 7, default));
        Assert.Equal(8, await store.BeatAsync(node, 8, default));
    }

    public static async Task Nodes_are_listed_by_fleet_and_name_with_what_they_said(INodeStore store)
    {
        await store.JoinAsync(Node("b"), 0, default);
        await store.JoinAsync(Node("B"), 0, default);
        await store.JoinAsync(Node("a"), 0, default);
        await store.JoinAsync(Node("z", "other"), 0, default);
        IReadOnlyList<NodeStatus> nodes = await store.ListAsync("prod", default);
        Assert.Equal(["B", "a", "b"], nodes.Select(node => node.Name));
        Assert.All(nodes, node => Assert.Equal(("1.2.3", "eu edge", NodeState.Alive), (node.Version, string.Join(' ', node.Labels), node.State)));
        Assert.All(nodes, node => Assert.InRange(node.Silence, TimeSpan.Zero, TimeSpan.FromSeconds(15)));
    }

    public static async Task Text_that_would_be_sql_is_data(INodeStore store)
    {
        const string Hostile = "x'); DROP TABLE multiexit.node; --";
        await store.JoinAsync(Node("a"), 0, default);
        await store.JoinAsync(new NodeEntry(Hostile, Hostile, Guid.NewGuid(), Hostile, ["{\"a\",b}"]), 0, default);
        Assert.Empty(await store.ListAsync("' OR ''='", default));
        Assert.Equal("a", Assert.Single(await store.ListAsync("prod", default)).Name);
    }
}
