using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Answered handshakes in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresReplaysTests(PostgresServer server)
{
    [PostgresFact]
    public Task Each_handshake_is_new_once_in_a_fleet() =>
        RunAsync((store, _) => ReplayStoreContract.Each_handshake_is_new_once_in_a_fleet(store));

    [PostgresFact]
    public Task What_is_over_is_deleted_in_parts_and_nothing_else() =>
        RunAsync((store, _) => ReplayStoreContract.What_is_over_is_deleted_in_parts_and_nothing_else(store));

    [PostgresFact]
    public Task Of_many_nodes_that_add_the_same_at_once_in_any_order_one_has_each_handshake_as_new() => RunAsync(async (store, fleet) =>
    {
        await using PostgresStore other = new(fleet);
        for (int round = 0; round < 10; round++)
        {
            ReplayMark[] marks = [.. Enumerable.Range(0, 200).Select(_ => ReplayStoreContract.New())];
            await store.AddAsync("prod", [.. Enumerable.Range(0, 200).Select(_ => ReplayStoreContract.New(0))], default);
            Task<int[]> cleaning = Task.WhenAll(store.CleanAsync("prod", 1000, default), other.Replays.CleanAsync("prod", 1000, default));
            HashSet<Guid>[] added = await Task.WhenAll(
                store.AddAsync("prod", marks, default), other.Replays.AddAsync("prod", [.. marks.Reverse()], default));
            Assert.Equal(200, (await cleaning).Sum());
            Assert.Equal(marks.Select(mark => mark.Value).Order(), added[0].Concat(added[1]).Order());
        }
    });

    [PostgresFact]
    public Task What_is_over_is_found_by_an_index() => RunAsync(async (store, fleet) =>
    {
        await store.AddAsync("prod", [.. Enumerable.Range(0, 1000).Select(_ => ReplayStoreContract.New())], default);
        object? plan = await server.RunSqlAsync(fleet.Store.Database, """
            SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off;
            EXPLAIN (FORMAT JSON) SELECT ctid FROM multiexit.replay WHERE fleet = 'prod' AND until <= now() ORDER BY until LIMIT 10;
            """);
        Assert.Contains("(until <= now())", $"{plan}", StringComparison.Ordinal);
        Assert.Contains("\"Index Cond\"", $"{plan}", StringComparison.Ordinal);
        Assert.DoesNotContain("\"Sort\"", $"{plan}", StringComparison.Ordinal);
    });

    private async Task RunAsync(Func<IReplayStore, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store.Replays, fleet);
    }
}
