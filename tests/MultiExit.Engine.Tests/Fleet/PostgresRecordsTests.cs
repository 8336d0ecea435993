using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Postgres;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Records;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Records in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresRecordsTests(PostgresServer server)
{
    [PostgresFact]
    public Task What_nodes_write_is_found_newest_first_with_each_field() =>
        RunAsync(SharedRecordStoreContract.What_nodes_write_is_found_newest_first_with_each_field);

    [PostgresFact]
    public Task What_is_written_twice_is_there_once() =>
        RunAsync(SharedRecordStoreContract.What_is_written_twice_is_there_once);

    [PostgresFact]
    public Task A_server_that_is_no_longer_the_node_writes_nothing() =>
        RunAsync(SharedRecordStoreContract.A_server_that_is_no_longer_the_node_writes_nothing);

    [PostgresFact]
    public Task Each_thing_that_can_be_asked_for_leaves_the_others_out() =>
        RunAsync(SharedRecordStoreContract.Each_thing_that_can_be_asked_for_leaves_the_others_out);

    [PostgresFact]
    public Task Pages_follow_each_other_without_a_gap_also_where_keys_are_the_same() =>
        RunAsync(SharedRecordStoreContract.Pages_follow_each_other_without_a_gap_also_where_keys_are_the_same);

    [PostgresFact]
    public Task The_table_has_the_columns_of_records() => RunAsync(async (_, _, fleet) =>
    {
        object? columns = await server.RunSqlAsync(fleet.Store.Database,
            "SELECT array_agg(column_name::text ORDER BY column_name::text COLLATE \"C\") FROM information_schema.columns "
            + "WHERE table_schema = 'multiexit' AND table_name = 'record' AND column_name NOT IN ('fleet', 'node', 'origin', 'key')");
        Assert.Equal(RecordColumns.All.Select(column => column.Name).Order(StringComparer.Ordinal), Assert.IsType<string[]>(columns));
    });

    [PostgresFact]
    public Task Months_are_made_ahead_and_those_that_are_over_for_long_enough_are_dropped() => RunAsync(async (store, now, fleet) =>
    {
        RecordRoom room = await store.Records.PrepareAsync(default);
        Assert.InRange(RecordColumns.FromTicks(room.From), now.AddDays(-90 - 31), now.AddDays(-90));
        Assert.InRange(RecordColumns.FromTicks(room.Before), now.AddDays(28), now.AddDays(62));
        const string Count = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'multiexit.record'::regclass";
        long before = Assert.IsType<long>(await server.RunSqlAsync(fleet.Store.Database, Count));
        FleetMember a = await SharedRecordStoreContract.JoinAsync(store, "a");
        foreach (long key in new[] { room.From, room.Before - 1 })
        {
            SessionRecord record = RecordFolder.Record(1, RecordColumns.FromTicks(key));
            Assert.True(await store.Records.WriteAsync(a, SharedRecordStoreContract.Batch(Guid.NewGuid(), record), default));
        }
        await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.record_keep SET days = 1");
        RecordRoom less = await store.Records.PrepareAsync(default);
        Assert.True(less.From > room.From && less.Before == room.Before);
        Assert.InRange(Assert.IsType<long>(await server.RunSqlAsync(fleet.Store.Database, Count)), 2, Math.Min(3, before - 1));
        Assert.Equal(room.Before - 1, RecordColumns.ToTicks(Assert.Single(
            (await SharedRecordStoreContract.FindAsync(store, new RecordQuery())).Records).Session.Ended!.Value));
    });

    [PostgresFact]
    public Task Rows_of_others_that_mean_nothing_are_passed_over_and_texts_are_cleaned() => RunAsync(async (store, now, fleet) =>
    {
        FleetMember a = await SharedRecordStoreContract.JoinAsync(store, "a");
        SessionRecord record = RecordFolder.Record(1, now.AddMinutes(-1)) with
        {
            User = "a\u001b[2Jb\0", Attempts = [new SessionAttempt("x\u001b]0;y", 1, null)],
        };
        await store.Records.WriteAsync(a, SharedRecordStoreContract.Batch(Guid.NewGuid(), record), default);
        await server.RunSqlAsync(fleet.Store.Database, """
            INSERT INTO multiexit.record (fleet, node, origin, key, started, client, local)
            SELECT fleet, node, gen_random_uuid(), key, started, 'nobody', local FROM multiexit.record;
            INSERT INTO multiexit.record (fleet, node, origin, key, started, client, local)
            SELECT fleet, E'a\u001b', gen_random_uuid(), key, started, client, local FROM multiexit.record LIMIT 1;
            INSERT INTO multiexit.record (fleet, node, origin, key, started, client, local, duration_ms)
            SELECT fleet, node, gen_random_uuid(), key, started, client, local, 'NaN' FROM multiexit.record LIMIT 1;
            """);
        FleetRecord read = Assert.Single((await SharedRecordStoreContract.FindAsync(store, new RecordQuery())).Records);
        Assert.Equal("a\\u001B[2Jb\uFFFD", read.Session.User);
        Assert.Equal("x\\u001B]0;y", Assert.Single(read.Session.Attempts).Exit);
    });

    [PostgresFact]
    public Task A_record_too_long_for_whoever_reads_it_is_refused() => RunAsync(async (store, now, _) =>
    {
        FleetMember a = await SharedRecordStoreContract.JoinAsync(store, "a");
        SessionRecord record = RecordFolder.Record(1, now.AddMinutes(-1)) with { Detail = new string('x', 70_000) };
        ProxyException refused = await Assert.ThrowsAsync<ProxyException>(
            () => store.Records.WriteAsync(a, SharedRecordStoreContract.Batch(Guid.NewGuid(), record), default));
        Assert.Equal(ProxyError.StoreUnreachable, refused.Reason);
    });

    private Task RunAsync(Func<IFleetStore, DateTimeOffset, Task> test) => RunAsync((store, now, _) => test(store, now));

    private async Task RunAsync(Func<IFleetStore, DateTimeOffset, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store, DateTimeOffset.UtcNow, fleet);
    }
}
