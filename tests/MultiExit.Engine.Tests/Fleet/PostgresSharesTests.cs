using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Fleet.Shares;
using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Shares in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresSharesTests(PostgresServer server)
{
    [PostgresFact]
    public Task What_is_granted_is_never_more_than_the_limit_but_for_what_lives() =>
        RunAsync(ShareStoreContract.What_is_granted_is_never_more_than_the_limit_but_for_what_lives);

    [PostgresFact]
    public Task The_same_said_twice_is_the_same_and_what_comes_late_counts_not() =>
        RunAsync(ShareStoreContract.The_same_said_twice_is_the_same_and_what_comes_late_counts_not);

    [PostgresFact]
    public Task Others_read_what_a_node_wants_until_it_gives_it_back() =>
        RunAsync(ShareStoreContract.Others_read_what_a_node_wants_until_it_gives_it_back);

    [PostgresFact]
    public Task The_share_of_a_node_that_was_killed_is_there_for_others_when_it_has_run_out() => RunAsync(async (store, fleet) =>
    {
        FleetMember a = await ShareStoreContract.MemberAsync(store, "a"), b = await ShareStoreContract.MemberAsync(store, "b");
        await ShareStoreContract.SettleAsync(store, a, 1, demand: 30, wanted: 30);
        Assert.Equal(0, await ShareStoreContract.SettleAsync(store, b, 1, demand: 30, wanted: 30));
        await RunSqlAsync(fleet, "UPDATE multiexit.share SET until = clock_timestamp() - interval '1 hour' WHERE node = 'a'");
        Assert.Empty(await store.Shares.ReadAsync(b, ["alice"], default));
        Assert.Equal(30, await ShareStoreContract.SettleAsync(store, b, 2, demand: 30, wanted: 30));
        await store.Shares.CleanAsync(b, default);
        Assert.Equal(0L, await RunSqlAsync(fleet, "SELECT count(*) FROM multiexit.share WHERE node = 'a'"));
    });

    [PostgresFact]
    public Task Many_nodes_that_ask_at_the_same_time_get_the_limit_and_nothing_more() => RunAsync(async (store, _) =>
    {
        FleetMember[] members = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => ShareStoreContract.MemberAsync(store, $"n{i}")));
        for (int round = 1; round <= 5; round++)
        {
            IReadOnlyList<ShareGrant>[] grants = await Task.WhenAll(members.Select((member, i) => store.Shares.SettleAsync(
                member, round,
                [new ShareDemand("alice", ShareKind.Connections, 9, 0, (i + round) % 12, 50), new ShareDemand("bob", ShareKind.Up, 9, 0, 10, 100)],
                default)));
            Assert.Equal(100, grants.Sum(grant => grant.Single(one => one.Account == "bob").Granted));
            Assert.InRange(grants.Sum(grant => grant.Single(one => one.Account == "alice").Granted), 1, 50);
        }
    });

    [PostgresFact]
    public Task Rows_of_others_with_absurd_amounts_names_and_times_are_no_more_than_data() => RunAsync(async (store, fleet) =>
    {
        await RunSqlAsync(fleet, """
            INSERT INTO multiexit.share VALUES
                ('prod', 'alice', 'connections', 'x', 1, 1, 1099511627776, 1099511627776, 1099511627776, clock_timestamp() + interval '19 s'),
                ('prod', 'alice', 'connections', 'y', 1, 1, 1099511627776, 1099511627776, 1099511627776, clock_timestamp() + interval '19 s'),
                ('prod', 'alice', 'connections', E'\u001b[2J''; --', 1, 1, 5, 5, 5, clock_timestamp() + interval '19 s'),
                ('prod', 'bob', 'connections', 'z', 1, 1, 30, 30, 30, 'infinity');
            """);
        FleetMember a = await ShareStoreContract.MemberAsync(store, "a");
        Assert.Equal(["x", "y"], (await store.Shares.ReadAsync(a, ["alice", "bob"], default)).Select(row => row.Node).Order(StringComparer.Ordinal));
        Assert.Equal(0, await ShareStoreContract.SettleAsync(store, a, 1, demand: 30, wanted: 30));
        Assert.Equal(30, await ShareStoreContract.SettleAsync(store, a, 2, demand: 30, wanted: 30, account: "bob"));
    });

    private Task<object?> RunSqlAsync(FleetConfig fleet, string sql) => server.RunSqlAsync(fleet.Store.Database, sql);

    private Task RunAsync(Func<IFleetStore, Task> test) => RunAsync((store, _) => test(store));

    private async Task RunAsync(Func<IFleetStore, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store, fleet);
    }
}
