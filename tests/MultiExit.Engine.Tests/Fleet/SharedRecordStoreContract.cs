using System.Net;
using System.Text.Json;
using MultiExit.Engine.Control;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Records;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of the records of all nodes does; each store has a class of its own with these tests.</summary>
internal static class SharedRecordStoreContract
{
    private static readonly Guid Origin = Guid.NewGuid();

    public static async Task What_nodes_write_is_found_newest_first_with_each_field(IFleetStore store, DateTimeOffset now)
    {
        (FleetMember a, FleetMember b) = (await JoinAsync(store, "a"), await JoinAsync(store, "b"));
        SessionRecord full = RecordSearchTests.Full() with { Started = now.AddMinutes(-3), Ended = now.AddMinutes(-2) };
        Assert.True(await store.Records.WriteAsync(a, Batch(Origin, RecordFolder.Record(1, now.AddMinutes(-3)), full), default));
        Assert.True(await store.Records.WriteAsync(b, Batch(Guid.NewGuid(), RecordFolder.Record(3, now.AddMinutes(-1))), default));
        FleetRecordPage page = await FindAsync(store, new RecordQuery());
        Assert.Equal([("b", 3L), ("a", 12L), ("a", 1L)], page.Records.Select(record => (record.Node, record.Session.Id)));
        Assert.Equal(JsonSerializer.Serialize(full, ControlJson.Options), JsonSerializer.Serialize(page.Records[1].Session, ControlJson.Options));
        Assert.Null(page.Next);
        Assert.Empty((await store.Records.FindAsync("other", new RecordQuery(), TimeProvider.System, default)).Records);
    }

    public static async Task What_is_written_twice_is_there_once(IFleetStore store, DateTimeOffset now)
    {
        FleetMember a = await JoinAsync(store, "a");
        SessionRecord[] records = [.. Enumerable.Range(1, 3).Select(id => RecordFolder.Record(id, now.AddMinutes(-10 + id)))];
        Assert.Null(await store.Records.ReadCursorAsync(a, Origin, default));
        await store.Records.WriteAsync(a, Batch(Origin, records[..2]), default);
        await store.Records.WriteAsync(a, Batch(Origin, records), default);
        Assert.Equal(KeyOf(records[2]), await store.Records.ReadCursorAsync(a, Origin, default));
        // The clock was set back: those behind it are written again, and one that is new is among them.
        SessionRecord between = RecordFolder.Record(4, now.AddMinutes(-8.5));
        await store.Records.WriteAsync(a, Batch(Origin, records[0], between, records[1]), default);
        Assert.Equal([3L, 2L, 4L, 1L], (await FindAsync(store, new RecordQuery())).Records.Select(record => record.Session.Id));
        Assert.Equal(KeyOf(records[1]), await store.Records.ReadCursorAsync(a, Origin, default));
        Assert.Null(await store.Records.ReadCursorAsync(a, Guid.NewGuid(), default));
    }

    public static async Task A_server_that_is_no_longer_the_node_writes_nothing(IFleetStore store, DateTimeOffset now)
    {
        FleetMember old = await JoinAsync(store, "a");
        await JoinAsync(store, "a");
        Assert.False(await store.Records.WriteAsync(old, Batch(Origin, RecordFolder.Record(1, now.AddMinutes(-1))), default));
        Assert.Empty((await FindAsync(store, new RecordQuery())).Records);
        Assert.Null(await store.Records.ReadCursorAsync(old, Origin, default));
    }

    public static async Task Each_thing_that_can_be_asked_for_leaves_the_others_out(IFleetStore store, DateTimeOffset now)
    {
        FleetMember a = await JoinAsync(store, "a");
        SessionRecord[] records =
        [
            RecordFolder.Record(1, now.AddHours(-5)) with { User = "Alice" },
            RecordFolder.Record(2, now.AddHours(-4)) with { Destination = "[2001:db8::1]:443", Exit = "wan1@198.51.100.3" },
            RecordFolder.Record(3, now.AddHours(-3)) with { Source = IPEndPoint.Parse("198.51.100.10:41823") },
            RecordFolder.Record(4, now.AddHours(-2)) with { Exit = "wan11", Outcome = SessionOutcome.TimedOut },
            RecordFolder.Record(5, now.AddHours(-1), seconds: 3600 * 1.5) with { Destination = "example.org:80" },
        ];
        await store.Records.WriteAsync(a, Batch(Origin, records), default);
        await ExpectAsync(store, new RecordQuery { User = "aLICE" }, 1);
        await ExpectAsync(store, new RecordQuery { Exit = "WAN1" }, 5, 3, 2, 1);
        await ExpectAsync(store, new RecordQuery { Exit = "wan11" }, 4);
        await ExpectAsync(store, new RecordQuery { Source = IPEndPoint.Parse("198.51.100.10:41823") }, 3);
        await ExpectAsync(store, new RecordQuery { Source = new IPEndPoint(IPAddress.Parse("198.51.100.10"), 0), Outcome = SessionOutcome.Ok }, 5, 3, 2, 1);
        await ExpectAsync(store, new RecordQuery { Source = new IPEndPoint(IPAddress.Parse("198.51.100.1"), 0) });
        await ExpectAsync(store, new RecordQuery { Destination = "EXAMPLE.org" }, 5);
        await ExpectAsync(store, new RecordQuery { Destination = "example.com:443" }, 4, 3, 1);
        await ExpectAsync(store, new RecordQuery { Destination = "example.com:44" });
        await ExpectAsync(store, new RecordQuery { Since = now.AddHours(-3.5), Until = now.AddHours(-1.5) }, 4, 3);
        await ExpectAsync(store, new RecordQuery { At = now.AddHours(-2) }, 5, 4);
    }

    public static async Task Pages_follow_each_other_without_a_gap_also_where_keys_are_the_same(IFleetStore store, DateTimeOffset now)
    {
        SessionRecord[] records = [.. Enumerable.Range(1, 5).Select(id => RecordFolder.Record(id, now.AddMinutes(-id)))];
        foreach (string node in new[] { "a", "b", "c" })
            await store.Records.WriteAsync(await JoinAsync(store, node), Batch(Guid.NewGuid(), records), default);
        List<(string, long)> found = [];
        for (RecordQuery? next = new() { Limit = 2 }; next is not null;)
        {
            FleetRecordPage page = await FindAsync(store, next);
            found.AddRange(page.Records.Select(record => (record.Node, record.Session.Id)));
            next = page.Next is { } before ? next with { Before = before } : null;
        }
        Assert.Equal(15, found.Count);
        Assert.Equal(15, found.Distinct().Count());
    }

    public static SharedRecordBatch Batch(Guid origin, params SessionRecord[] records) =>
        new(origin, [.. records.Select(record => (KeyOf(record), record)).OrderBy(record => record.Item1)], records.Max(KeyOf));

    public static async Task<FleetMember> JoinAsync(IFleetStore store, string node)
    {
        await store.Records.PrepareAsync(default);
        return new FleetMember("prod", node, await store.Nodes.JoinAsync(NodeStoreContract.Node(node), 0, default), []);
    }

    public static Task<FleetRecordPage> FindAsync(IFleetStore store, RecordQuery query) =>
        store.Records.FindAsync("prod", query, TimeProvider.System, default);

    private static long KeyOf(SessionRecord record) => RecordColumns.ToTicks(record.Ended!.Value);

    private static async Task ExpectAsync(IFleetStore store, RecordQuery query, params long[] ids) =>
        Assert.Equal(ids, (await FindAsync(store, query)).Records.Select(record => record.Session.Id));
}
