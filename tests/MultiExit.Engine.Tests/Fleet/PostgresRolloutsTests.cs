using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Versions and rollouts in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresRolloutsTests(PostgresServer server)
{
    [PostgresFact]
    public Task What_one_node_publishes_the_others_read() => RunAsync(RolloutStoreContract.What_one_node_publishes_the_others_read);

    [PostgresFact]
    public Task While_one_version_is_rolled_out_only_the_same_one_is_taken_again() =>
        RunAsync(RolloutStoreContract.While_one_version_is_rolled_out_only_the_same_one_is_taken_again);

    [PostgresFact]
    public Task A_version_that_was_rolled_back_is_nobodys_base() => RunAsync(RolloutStoreContract.A_version_that_was_rolled_back_is_nobodys_base);

    [PostgresFact]
    public Task A_step_counts_once_and_only_from_where_it_was_read() => RunAsync(RolloutStoreContract.A_step_counts_once_and_only_from_where_it_was_read);

    [PostgresFact]
    public Task Nobody_confirms_what_is_late() => RunAsync((store, fleet) => RolloutStoreContract.Nobody_confirms_what_is_late(
        store, () => server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.rollout SET deadline = clock_timestamp() - interval '1 second'")));

    [PostgresFact]
    public Task A_server_that_is_not_the_node_any_more_writes_nothing() =>
        RunAsync(RolloutStoreContract.A_server_that_is_not_the_node_any_more_writes_nothing);

    [PostgresFact]
    public Task Whoever_leads_sees_what_the_nodes_say_and_decides() => RunAsync(RolloutStoreContract.Whoever_leads_sees_what_the_nodes_say_and_decides);

    [PostgresFact]
    public Task A_restored_store_gives_no_number_twice() => RunAsync(RolloutStoreContract.A_restored_store_gives_no_number_twice);

    [PostgresFact]
    public Task A_text_that_was_changed_by_hand_is_no_version() => RunAsync(async (store, fleet) =>
    {
        await store.Rollouts.PublishAsync(await RolloutStoreContract.JoinAsync(store, "a"), RolloutStoreContract.Draft("x: 1"), default);
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.config_version SET text = 'x: 2'");
        Assert.Null(await store.Rollouts.ReadTextAsync("prod", 1, default));
    });

    [PostgresFact]
    public Task Rows_of_others_that_mean_nothing_are_passed_over_and_the_rest_is_bounded() => RunAsync(async (store, fleet) =>
    {
        await store.Rollouts.PublishAsync(await RolloutStoreContract.JoinAsync(store, "a"), RolloutStoreContract.Draft("x: 1"), default);
        await server.RunSqlAsync(fleet.Store.Database, """
            UPDATE multiexit.rollout SET canaries = ARRAY['b', NULL, E'c\u001b[2J', repeat('x', 65)], reason = E'\u001b[2Jred',
                deadline = now() + interval '9000 years';
            INSERT INTO multiexit.node_config VALUES ('prod', E'a\u001b[2J', 1, 'Current', 1, NULL, 1, now()),
                ('prod', 'b', 1, 'Failed', 1, E'\u001b[2J', 'NaN', now()),
                ('prod', 'c', 1, 'Current', 1, NULL, 1, 'infinity');
            """);
        RolloutStatus read = (await store.Rollouts.ReadAsync("prod", default))!;
        Assert.Equal("b", Assert.Single(read.Canaries));
        Assert.Equal(TimeSpan.FromDays(30), read.Left);
        NodeConfigStatus said = Assert.Single(await store.Rollouts.ListAsync("prod", default));
        Assert.Equal(("b", TimeSpan.Zero), (said.Node, said.Held));
        Assert.DoesNotContain('\u001b', read.Reason + said.Reason);
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.rollout SET deadline = 'infinity'");
        Assert.Null(await store.Rollouts.ReadAsync("prod", default));
    });

    [PostgresFact]
    public Task Old_versions_are_deleted_but_never_the_one_to_go_back_to() => RunAsync(async (store, fleet) =>
    {
        await server.RunSqlAsync(fleet.Store.Database, """
            INSERT INTO multiexit.config_version SELECT 'prod', n, 'x', repeat('0', 64), 'a', NULL, now() FROM generate_series(1, 150) AS n;
            INSERT INTO multiexit.rollout VALUES ('prod', 150, 3, 'RolledBack', '{}', 1, false, NULL, NULL, now(), now());
            """);
        Assert.Equal(151, await store.Rollouts.PublishAsync(await RolloutStoreContract.JoinAsync(store, "a"), RolloutStoreContract.Draft("x: 1"), default));
        Assert.Equal(3, await server.RunSqlAsync(fleet.Store.Database, "SELECT min(n) FROM multiexit.config_version"));
        Assert.Equal(102L, await server.RunSqlAsync(fleet.Store.Database, "SELECT count(*) FROM multiexit.config_version"));
    });

    private Task RunAsync(Func<IFleetStore, Task> test) => RunAsync((store, _) => test(store));

    private async Task RunAsync(Func<IFleetStore, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store, fleet);
    }
}
