using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Fleet.Quotas;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Quotas in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresQuotasTests(PostgresServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mx-quota").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PostgresFact]
    public Task What_is_reserved_is_never_more_than_the_quota() => RunAsync(QuotaStoreContract.What_is_reserved_is_never_more_than_the_quota);

    [PostgresFact]
    public Task The_same_said_twice_counts_once_and_what_comes_late_counts_not() =>
        RunAsync(QuotaStoreContract.The_same_said_twice_counts_once_and_what_comes_late_counts_not);

    [PostgresFact]
    public Task A_server_that_was_replaced_and_another_month_or_fleet_change_nothing() =>
        RunAsync(QuotaStoreContract.A_server_that_was_replaced_and_another_month_or_fleet_change_nothing);

    [PostgresFact]
    public Task Others_read_what_has_changed() => RunAsync(QuotaStoreContract.Others_read_what_has_changed);

    [PostgresFact]
    public Task Three_nodes_that_spend_one_quota_at_once_do_not_pass_it() => RunAsync(async (_, fleet) =>
    {
        PostgresStore[] stores = [new(fleet), new(fleet), new(fleet)];
        QuotaNode[] nodes = [.. "abc".Select(name => new QuotaNode(name.ToString(), _folder, SharedQuotasTests.Quota))];
        nodes[2].Time.WallOffset = TimeSpan.FromMinutes(1);
        long[] passed = await Task.WhenAll(nodes.Zip(stores, async (node, store) =>
        {
            await node.JoinAsync(store);
            long moved = 0;
            for (int step = 0; step < 400; step++)
            {
                moved += node.Move(SharedQuotasTests.MiB / 4);
                if (node.IsWoken || step % 5 == 0) Assert.True(await node.ExchangeAsync(store));
                node.Time.Advance(TimeSpan.FromMilliseconds(500));
            }
            return moved;
        }));
        foreach (PostgresStore store in stores) await store.DisposeAsync();
        long chunk = FleetQuota.ChunkOf(SharedQuotasTests.Quota);
        Assert.InRange(passed.Sum(), SharedQuotasTests.Quota - 3 * chunk, SharedQuotasTests.Quota + 3 * SharedQuotasTests.MiB / 4);
        Assert.All(passed, moved => Assert.True(moved > 0));
        Assert.Equal((object)passed.Sum(), await server.RunSqlAsync(fleet.Store.Database, "SELECT sum(spent)::bigint FROM multiexit.quota"));
    });

    [PostgresFact]
    public Task Many_nodes_that_reserve_at_the_same_time_get_the_quota_and_nothing_more() => RunAsync(async (store, _) =>
    {
        FleetMember[] members = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
            new FleetMember("prod", $"n{i}", await store.Nodes.JoinAsync(NodeStoreContract.Node($"n{i}"), 0, default), [])));
        IReadOnlyList<QuotaGrant>[] grants = await Task.WhenAll(members.Select(member => store.Quotas.SettleAsync(
            new QuotaWriter(member, Guid.NewGuid(), "2026-12", 1), [new QuotaDemand("bob", 0, 7, 50), new QuotaDemand("alice", 0, 10, 100)], default)));
        Assert.Equal((50, 100), (grants.Sum(grant => grant.Single(one => one.Account == "bob").Reserved),
            grants.Sum(grant => grant.Single(one => one.Account == "alice").Reserved)));
    });

    [PostgresFact]
    public Task Rows_of_others_with_absurd_amounts_and_names_are_no_more_than_data() => RunAsync(async (store, fleet) =>
    {
        await server.RunSqlAsync(fleet.Store.Database, """
            INSERT INTO multiexit.change VALUES ('prod', 'quotas', 5);
            INSERT INTO multiexit.quota VALUES
                ('prod', '2026-12', 'alice', 'x', gen_random_uuid(), 1, 1, 2305843009213693952, 0, 5),
                ('prod', '2026-12', 'alice', 'y', gen_random_uuid(), 1, 1, 2305843009213693952, 2305843009213693952, 5),
                ('prod', '2026-12', E'\u001b[2J''; --', 'y', gen_random_uuid(), 1, 1, 1, 1, 5),
                ('prod', '2026-01', 'old', 'y', gen_random_uuid(), 1, 1, 1, 1, 5);
            """);
        long epoch = await store.Nodes.JoinAsync(NodeStoreContract.Node("a"), 0, default);
        QuotaWriter writer = new(new FleetMember("prod", "a", epoch, []), Guid.NewGuid(), "2026-12", 1);
        QuotaGrant grant = Assert.Single(await store.Quotas.SettleAsync(writer, [new QuotaDemand("alice", 3, 10, 100)], default));
        Assert.Equal((3, 3, 1L << 61), (grant.Spent, grant.Reserved, grant.Others.Taken));
        Assert.Equal(2, (await store.Quotas.ReadAsync(writer, 0, default)).Uses.Count);
        // Months of long ago are deleted.
        Assert.Equal(0L, await server.RunSqlAsync(fleet.Store.Database, "SELECT count(*) FROM multiexit.quota WHERE month < '2026-06'"));
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
