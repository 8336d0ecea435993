using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Records in memory.</summary>
internal sealed class MemoryRecords(MemoryStore store) : ISharedRecordStore
{
    private static readonly TimeSpan Keep = TimeSpan.FromDays(90);

    public Task<RecordRoom> PrepareAsync(CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            RecordRoom room = new(RecordColumns.ToTicks(tables.Now - Keep), RecordColumns.ToTicks(tables.Now + TimeSpan.FromDays(31)));
            tables.Records.RemoveAll(row => row.Key < room.From);
            return room;
        },
        cancellationToken);

    public Task<long?> ReadCursorAsync(FleetMember member, Guid origin, CancellationToken cancellationToken) => store.CallAsync(
        tables => tables.RecordCursors.TryGetValue((member.Fleet, member.Node, origin), out long key) ? key : (long?)null, cancellationToken);

    public Task<bool> WriteAsync(FleetMember member, SharedRecordBatch batch, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            if (tables.Nodes.GetValueOrDefault((member.Fleet, member.Node))?.Epoch != member.Epoch) return false;
            HashSet<long> there = [.. tables.Records.Where(row => row.Origin == batch.Origin).Select(row => row.Key)];
            tables.Records.AddRange(batch.Records.Where(record => there.Add(record.Key))
                .Select(record => new MemoryRecord(member.Fleet, member.Node, batch.Origin, record.Key, record.Record)));
            tables.RecordCursors[(member.Fleet, member.Node, batch.Origin)] = batch.UpTo;
            return true;
        },
        cancellationToken);

    public Task<FleetRecordPage> FindAsync(string fleet, RecordQuery query, TimeProvider time, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            MemoryRecord[] found = [.. tables.Records
                .Where(row => row.Fleet == fleet && row.Key < (query.Before ?? long.MaxValue) && Matches(row.Record, query))
                .OrderByDescending(row => row.Key)];
            // With all that have the key of the last one, as another page begins behind it.
            MemoryRecord[] page = found.Length <= query.Limit ? found : [.. found.TakeWhile(row => row.Key >= found[query.Limit - 1].Key)];
            return new FleetRecordPage(
                [.. page.Select(row => new FleetRecord(row.Node, row.Record))], page.Length < found.Length ? page[^1].Key : null);
        },
        cancellationToken);

    private static bool Matches(SessionRecord record, RecordQuery query) =>
        (query.Source is not { } source || (record.Source is { } own && own.Address.Equals(source.Address) && (source.Port == 0 || own.Port == source.Port)))
        && Same(query.User, record.User) && Same(query.Exit, record.Exit?.Split('@')[0])
        && (Same(query.Destination, record.Destination) || Same(query.Destination, record.Destination[..record.Destination.LastIndexOf(':')]))
        && (query.Outcome is null || query.Outcome == record.Outcome)
        && (query.Since is null || record.Ended >= query.Since) && (query.Until is null || record.Ended <= query.Until)
        && (query.At is not { } at || (record.Ended >= at - query.Within && record.Started <= at + query.Within));

    private static bool Same(string? wanted, string? value) => wanted is null || string.Equals(wanted, value, StringComparison.OrdinalIgnoreCase);
}
