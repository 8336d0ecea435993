using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MultiExit.Engine.Records;

/// <summary>Inserts records into the table of a file. Not thread-safe.</summary>
/// <remarks>The values go from the bytes of a record to SQLite as they are. The command of ADO.NET looks up each of thirty parameters by its name for
/// every record, which takes most of the time.</remarks>
internal sealed class InsertStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <exception cref="SqliteException">The table is not that of records.</exception>
    public InsertStatement(SqliteConnection connection)
    {
        _database = connection.Handle!;
        string sql = $"INSERT INTO record (key, {string.Join(", ", RecordColumns.All.Select(PartitionSchema.Quote))}) "
            + $"VALUES (?{string.Concat(Enumerable.Repeat(", ?", RecordColumns.All.Count))})";
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    /// <summary>Inserts a record.</summary>
    /// <exception cref="SqliteException">It cannot be inserted.</exception>
    public void Run(long key, EncodedRecord record)
    {
        int place = 1;
        raw.sqlite3_bind_int64(_statement, place, key);
        ReadOnlySpan<byte> values = record.Values;
        while (!values.IsEmpty) Check(Bind(++place, EncodedRecord.Next(ref values, out ReadOnlySpan<byte> value), value));
        int result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement); // says the same result once more
        if (result != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(result, _database);
    }

    public void Dispose() => _statement.Dispose();

    private int Bind(int place, CellKind kind, ReadOnlySpan<byte> value) => kind switch
    {
        CellKind.Integer => raw.sqlite3_bind_int64(_statement, place, BinaryPrimitives.ReadInt64LittleEndian(value)),
        CellKind.Real => raw.sqlite3_bind_double(_statement, place, BinaryPrimitives.ReadDoubleLittleEndian(value)),
        CellKind.Text => raw.sqlite3_bind_text(_statement, place, value),
        _ => raw.sqlite3_bind_null(_statement, place),
    };

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
