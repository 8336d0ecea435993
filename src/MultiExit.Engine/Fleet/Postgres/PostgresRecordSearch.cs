using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Searches records, newest first, some hours at a time: a search that finds little ends after a while and says where it goes on.</summary>
internal sealed class PostgresRecordSearch
{
    // Those with the key of the last one may be more, and no more than so many.
    private const int MostTies = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Quick = TimeSpan.FromMilliseconds(200);
    private static readonly int[] Places = [.. RecordColumns.All.Select(column => column.Index + 2)];

    private readonly NpgsqlConnection _connection;
    private readonly string _fleet;
    private readonly PostgresRecordFilter _filter;
    private readonly int _limit;
    private readonly string _select;

    public PostgresRecordSearch(NpgsqlConnection connection, string fleet, RecordQuery query)
    {
        (_connection, _fleet, _filter, _limit) = (connection, fleet, new PostgresRecordFilter(fleet, query), query.Limit);
        string columns = string.Join(", ", RecordColumns.All.Select(PartitionSchema.Quote));
        _select = $"SELECT key, node, {columns} FROM (SELECT * FROM multiexit.record WHERE {_filter.Sql} ORDER BY key DESC "
            + $"FETCH FIRST ${_filter.NextParameter} ROWS WITH TIES) AS found ORDER BY key DESC LIMIT ${_filter.NextParameter + 1}";
    }

    /// <summary>One page of what is looked for.</summary>
    public async Task<FleetRecordPage> RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        List<FleetRecord> found = [];
        (long least, long before) = await BoundsAsync(cancellationToken).ConfigureAwait(false);
        long window = 10 * TimeSpan.TicksPerMinute;
        for (long from; before > least; before = from)
        {
            from = _filter.IsIndexed ? least : Math.Max(least, before - window);
            long step = time.GetTimestamp();
            int room = _limit - found.Count;
            List<Row> rows = await _connection.ReadRowsAsync(
                _select, Read, cancellationToken, _filter.Values(from, before, (long)room, (long)room + MostTies)).ConfigureAwait(false);
            found.AddRange(rows.Select(row => row.Record).OfType<FleetRecord>());
            if (rows.Count >= room) return new FleetRecordPage(found, rows[^1].Key);
            if (time.GetElapsedTime(began) > Patience && from > least) return new FleetRecordPage(found, from);
            if (time.GetElapsedTime(step) < Quick) window = Math.Min(2 * window, TimeSpan.TicksPerDay * 31);
        }
        return new FleetRecordPage(found, null);
    }

    private async Task<(long Least, long Before)> BoundsAsync(CancellationToken cancellationToken)
    {
        List<(long, long)?> bounds = await _connection.ReadRowsAsync<(long, long)?>(
            "SELECT min(key), max(key) FROM multiexit.record WHERE fleet = $1", reader => reader.IsDBNull(0) ? null : (reader.GetInt64(0), reader.GetInt64(1)),
            cancellationToken, _fleet).ConfigureAwait(false);
        return bounds is [{ } kept] ? (Math.Max(_filter.From, kept.Item1), Math.Min(_filter.Before, kept.Item2 + 1)) : (0, 0);
    }

    // A row that means nothing still counts as one that was read.
    private static Row Read(NpgsqlDataReader reader)
    {
        long key = reader.GetInt64(0);
        try
        {
            string node = reader.GetString(1);
            if (!NameText.IsValid(node)) return new Row(key, null);
            SessionRecord record = RecordColumns.Read(new CleanRow(reader, Places));
            return new Row(key, new FleetRecord(node, record with
            {
                Attempts = [.. record.Attempts.Select(attempt => attempt with { Exit = LogText.Clean(attempt.Exit) })],
            }));
        }
        catch (Exception exception) when (exception is FormatException or InvalidCastException or ArgumentException or System.Text.Json.JsonException)
        {
            return new Row(key, null);
        }
    }

    private sealed record Row(long Key, FleetRecord? Record);

    // Texts that others have written are shown on terminals.
    private sealed class CleanRow(NpgsqlDataReader reader, int[] places) : RecordRow(reader, places)
    {
        public override string? Text(RecordColumn column) => base.Text(column) is not { } text ? null
            : column == RecordColumns.Attempts ? text : LogText.Clean(text);
    }
}
