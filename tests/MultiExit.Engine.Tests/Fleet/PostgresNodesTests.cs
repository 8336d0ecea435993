using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Nodes;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Nodes in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresNodesTests(PostgresServer server)
{
    [PostgresFact]
    public Task A_server_that_joins_again_keeps_its_epoch_and_another_one_gets_the_next() =>
        RunAsync(NodeStoreContract.A_server_that_joins_again_keeps_its_epoch_and_another_one_gets_the_next);

    [PostgresFact]
    public Task The_beat_of_a_server_that_was_replaced_changes_nothing_and_says_who_has_the_name() =>
        RunAsync(NodeStoreContract.The_beat_of_a_server_that_was_replaced_changes_nothing_and_says_who_has_the_name);

    [PostgresFact]
    public Task A_server_that_leaves_late_does_not_take_the_one_behind_it_out() =>
        RunAsync(NodeStoreContract.A_server_that_leaves_late_does_not_take_the_one_behind_it_out);

    [PostgresFact]
    public Task A_store_that_has_forgotten_a_node_gives_it_no_epoch_twice() =>
        RunAsync(NodeStoreContract.A_store_that_has_forgotten_a_node_gives_it_no_epoch_twice);

    [PostgresFact]
    public Task Nodes_are_listed_by_fleet_and_name_with_what_they_said() =>
        RunAsync(NodeStoreContract.Nodes_are_listed_by_fleet_and_name_with_what_they_said);

    [PostgresFact]
    public Task Text_that_would_be_sql_is_data() =>
        RunAsync(NodeStoreContract.Text_that_would_be_sql_is_data);

    [PostgresFact]
    public Task A_node_that_says_nothing_for_15_seconds_of_the_stores_clock_is_silent() => RunAsync(async (store, fleet) =>
    {
        await store.JoinAsync(NodeStoreContract.Node("a"), 0, default);
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.node SET seen = clock_timestamp() - interval '14 s'");
        Assert.Equal(NodeState.Alive, Assert.Single(await store.ListAsync("prod", default)).State);
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.node SET seen = clock_timestamp() - interval '15 s'");
        Assert.Equal(NodeState.Silent, Assert.Single(await store.ListAsync("prod", default)).State);
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.node SET seen = clock_timestamp() + interval '1 day'");
        Assert.Equal(TimeSpan.Zero, Assert.Single(await store.ListAsync("prod", default)).Silence);
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.node SET seen = 'infinity', joined = '-infinity'");
        Assert.Empty(await store.ListAsync("prod", default));
    });

    [PostgresFact]
    public Task What_others_wrote_is_shown_only_as_far_as_it_is_a_name() => RunAsync(async (store, fleet) =>
    {
        await store.JoinAsync(NodeStoreContract.Node("a"), 0, default);
        await server.RunSqlAsync(fleet.Store.Database, "INSERT INTO multiexit.node "
            + "SELECT fleet, E'evil\\u001b[2J', epoch, instance, version, labels, joined, seen, has_left FROM multiexit.node");
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.node SET version = E'1\\n2', labels = ARRAY['ok', NULL, E'a\\nb', repeat('x', 65)]");
        NodeStatus node = Assert.Single(await store.ListAsync("prod", default));
        Assert.Equal(["ok"], node.Labels);
        Assert.DoesNotContain('\n', node.Version);
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.node SET labels = '{{a,b},{c,d}}'");
        Assert.Equal(["a", "b", "c", "d"], Assert.Single(await store.ListAsync("prod", default)).Labels);
    });

    private Task RunAsync(Func<INodeStore, Task> test) => RunAsync((store, _) => test(store));

    private async Task RunAsync(Func<INodeStore, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store.Nodes, fleet);
    }
}
