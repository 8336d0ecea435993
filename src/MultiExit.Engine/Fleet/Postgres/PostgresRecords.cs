using MultiExit.Engine.Fleet.Records;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;
using Npgsql;
using NpgsqlTypes;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Records as rows of <c>multiexit.record</c>.</summary>
internal sealed class PostgresRecords(PostgresDatabase database) : ISharedRecordStore
{
    // It is taken before anything is written, so that of two processes with the same files one waits for the other.
    private const string Advance = """
        INSERT INTO multiexit.record_cursor (fleet, node, origin, key)
        SELECT fleet, name, $4, $5 FROM multiexit.node WHERE fleet = $1 AND name = $2 AND epoch = $3
        ON CONFLICT (fleet, node, origin) DO UPDATE SET key = excluded.key
        """;

    private const string Cursor = "SELECT key FROM multiexit.record_cursor WHERE fleet = $1 AND node = $2 AND origin = $3";

    private const string There = "SELECT key FROM multiexit.record WHERE fleet = $1 AND node = $2 AND origin = $3 AND key BETWEEN $4 AND $5";

    private static readonly string Copy =
        $"COPY multiexit.record (fleet, node, origin, key, {string.Join(", ", RecordColumns.All.Select(PartitionSchema.Quote))}) "
        + "FROM STDIN (FORMAT BINARY)";

    public Task<RecordRoom> PrepareAsync(CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        List<long[]> bounds = await connection.ReadRowsAsync(
            "SELECT multiexit.keep_records()", reader => reader.GetFieldValue<long[]>(0), cancellationToken).ConfigureAwait(false);
        return new RecordRoom(bounds[0][0], bounds[0][1]);
    }, cancellationToken);

    public Task<long?> ReadCursorAsync(FleetMember member, Guid origin, CancellationToken cancellationToken) => database.UseAsync<long?>(async connection =>
    {
        List<object> keys = await connection.ReadRowsAsync<object>(
            Cursor, reader => reader.GetInt64(0), cancellationToken, member.Fleet, member.Node, origin).ConfigureAwait(false);
        return keys is [long key] ? key : null;
    }, cancellationToken);

    public Task<bool> WriteAsync(FleetMember member, SharedRecordBatch batch, CancellationToken cancellationToken) => database.UseAsync(async connection =>
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            if (await connection.ExecuteAsync(Advance, cancellationToken, member.Fleet, member.Node, member.Epoch, batch.Origin, batch.UpTo)
                .ConfigureAwait(false) == 0) return false;
            if (batch.Records.Count > 0) await CopyAsync(connection, member, batch, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
    }, cancellationToken);

    public Task<FleetRecordPage> FindAsync(string fleet, RecordQuery query, TimeProvider time, CancellationToken cancellationToken) =>
        database.UseAsync(connection => new PostgresRecordSearch(connection, fleet, query).RunAsync(time, cancellationToken), cancellationToken);

    private static async Task CopyAsync(NpgsqlConnection connection, FleetMember member, SharedRecordBatch batch, CancellationToken cancellationToken)
    {
        HashSet<object> there = [.. await connection.ReadRowsAsync<object>(There, reader => reader.GetInt64(0), cancellationToken,
            member.Fleet, member.Node, batch.Origin, batch.Records[0].Key, batch.Records[^1].Key).ConfigureAwait(false)];
        NpgsqlBinaryImporter import = await connection.BeginBinaryImportAsync(Copy, cancellationToken).ConfigureAwait(false);
        await using (import.ConfigureAwait(false))
        {
            import.Timeout = FleetTimes.Patience;
            foreach ((long key, SessionRecord record) in batch.Records)
            {
                if (!there.Add(key)) continue;
                await import.StartRowAsync(cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(member.Fleet, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(member.Node, NpgsqlDbType.Text, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(batch.Origin, NpgsqlDbType.Uuid, cancellationToken).ConfigureAwait(false);
                await import.WriteAsync(key, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
                foreach (object? cell in CellsOf(record)) await WriteAsync(import, cell, cancellationToken).ConfigureAwait(false);
            }
            await import.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task WriteAsync(NpgsqlBinaryImporter import, object? cell, CancellationToken cancellationToken) => cell switch
    {
        long number => import.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken),
        double number => import.WriteAsync(number, NpgsqlDbType.Double, cancellationToken),
        string text => import.WriteAsync(text, NpgsqlDbType.Text, cancellationToken),
        _ => import.WriteNullAsync(cancellationToken),
    };

    private static object?[] CellsOf(SessionRecord record)
    {
        ReadOnlySpan<byte> values = new EncodedRecord(RecordEncoder.OfThread.Encode(record)).Values;
        object?[] cells = new object?[RecordColumns.All.Count];
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = EncodedRecord.Next(ref values, out ReadOnlySpan<byte> value) switch
            {
                CellKind.Integer => System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(value),
                CellKind.Real => System.Buffers.Binary.BinaryPrimitives.ReadDoubleLittleEndian(value),
                // The one character that text in PostgreSQL cannot have.
                CellKind.Text => System.Text.Encoding.UTF8.GetString(value).Replace('\0', '\uFFFD'),
                _ => null,
            };
        }
        return cells;
    }
}
