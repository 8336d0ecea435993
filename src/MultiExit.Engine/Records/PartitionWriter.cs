using Microsoft.Data.Sqlite;

namespace MultiExit.Engine.Records;

/// <summary>Writes one file. Not thread-safe.</summary>
internal sealed class PartitionWriter : IDisposable
{
    // Whether a server writes it, and the earliest start of a session in it.
    private const string OpenFlag = "open", EarliestStart = "earliest_start";

    private readonly SqliteConnection _connection;
    private readonly InsertStatement _insert;
    private readonly SqliteCommand _mark;
    private readonly DatabaseIdentity _identity;
    private long _earliest = long.MaxValue;

    /// <summary>Opens a file, or makes it.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public PartitionWriter(PartitionFile file)
    {
        File = file;
        _connection = Sqlite.OpenWrite(file.Path);
        try
        {
            // A commit is one write to the log beside the file, and the disk is waited for only when that log is moved into the file.
            Sqlite.Run(_connection, "PRAGMA journal_mode = WAL");
            Sqlite.Run(_connection, "PRAGMA synchronous = NORMAL");
            Prepare();
            _identity = DatabaseIdentity.Of(file.Path);
            _insert = new InsertStatement(_connection);
            _mark = _connection.CreateCommand();
            _mark.CommandText = $"INSERT OR REPLACE INTO meta VALUES ('{EarliestStart}', $value)";
            _mark.Parameters.Add(new SqliteParameter("$value", SqliteType.Integer));
        }
        catch
        {
            _insert?.Dispose();
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public PartitionFile File { get; }

    /// <summary>Whether its paths still lead to it and its log.</summary>
    public bool IsThere => DatabaseIdentity.Of(File.Path) == _identity;

    /// <summary>Whether the server that wrote it before did not close it.</summary>
    public bool WasLeftOpen { get; private set; }

    /// <summary>The greatest key; 0 for none.</summary>
    public long LastKey { get; private set; }

    /// <summary>Writes records, all or none of them.</summary>
    /// <param name="batch">Has the records.</param>
    /// <param name="records">Where they are in it, each with its key.</param>
    /// <returns>How many of them no file can take.</returns>
    /// <exception cref="SqliteException">They cannot be written.</exception>
    public int Write(RecordBatch batch, ReadOnlySpan<(long Key, int Position)> records)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        _mark.Transaction = transaction;
        long earliest = _earliest;
        int faulty = 0;
        foreach ((long key, int position) in records)
        {
            EncodedRecord record = batch.At(position);
            if (!Write(key, record)) faulty++;
            earliest = Math.Min(earliest, record.Started);
        }
        if (earliest < _earliest)
        {
            _mark.Parameters[0].Value = earliest;
            _mark.ExecuteNonQuery();
        }
        transaction.Commit();
        _earliest = earliest;
        if (records.Length > 0) LastKey = Math.Max(LastKey, records[^1].Key);
        return faulty;
    }

    /// <summary>Notes that all that there is was written.</summary>
    /// <exception cref="SqliteException">It cannot be written.</exception>
    public void MarkClosed() => Sqlite.Run(_connection, $"DELETE FROM meta WHERE name = '{OpenFlag}'");

    /// <summary>Makes the indexes of a file that nothing more is written to. Sorted and at once they cost a tenth of what they would cost record by
    /// record. It takes a second or two.</summary>
    /// <exception cref="SqliteException">They cannot be made; all is found without them too, only slower.</exception>
    public void MakeIndexes()
    {
        Sqlite.Run(_connection, "PRAGMA temp_store = MEMORY");
        foreach (string index in PartitionSchema.Indexes) Sqlite.Run(_connection, index);
    }

    /// <summary>Closes it in order, as one file that needs no others beside it.</summary>
    /// <exception cref="SqliteException">It cannot be written; it is closed all the same.</exception>
    public void Close()
    {
        try
        {
            MarkClosed();
            Sqlite.Run(_connection, "PRAGMA journal_mode = DELETE");
        }
        catch (SqliteException exception) when (Sqlite.IsHeld(exception))
        {
            // A search reads it: it stays as it is.
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Closes it as a crash would. Nothing is lost where the log alone is gone.</summary>
    public void Dispose()
    {
        _identity.Save(_connection, File.Path);
        _insert.Dispose();
        _mark.Dispose();
        _connection.Dispose();
    }

    // A key that is taken was given before the clock was set back.
    private bool Write(long key, EncodedRecord record)
    {
        for (int i = 0; i < 100; i++)
        {
            try
            {
                _insert.Run(key + i, record);
                return true;
            }
            catch (SqliteException exception) when (Sqlite.IsOfRow(exception))
            {
                // The next key may be free.
            }
        }
        return false;
    }

    private void Prepare()
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        Execute("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID");
        // The key is the time of the end, so that the newest are read first without an index, and new ones go to the end of the file.
        Execute($"CREATE TABLE IF NOT EXISTS record (key INTEGER PRIMARY KEY, {string.Join(", ", RecordColumns.All.Select(Declare))})");
        HashSet<string> present = PartitionSchema.ColumnsOf(_connection, transaction);
        foreach (RecordColumn added in RecordColumns.All.Where(column => !present.Contains(column.Name)))
            Execute($"ALTER TABLE record ADD COLUMN {Declare(added)}");
        WasLeftOpen = Execute($"SELECT 1 FROM meta WHERE name = '{OpenFlag}'") is not null;
        _earliest = Execute($"SELECT value FROM meta WHERE name = '{EarliestStart}'") as long? ?? long.MaxValue;
        // No server writes a key of another day, and a time may not be able to say it.
        LastKey = Execute($"SELECT max(key) FROM record WHERE key < {PartitionFile.FirstKey(File.Day) + TimeSpan.TicksPerDay}") as long? ?? 0;
        Execute($"INSERT OR REPLACE INTO meta VALUES ('{OpenFlag}', 1)");
        transaction.Commit();

        object? Execute(string sql) => Sqlite.Run(_connection, sql, transaction);
    }

    private static string Declare(RecordColumn column) => $"{PartitionSchema.Quote(column)} {column.Type}";
}
