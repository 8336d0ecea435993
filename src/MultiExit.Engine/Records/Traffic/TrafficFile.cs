using Microsoft.Data.Sqlite;

namespace MultiExit.Engine.Records.Traffic;

/// <summary>Writes the file of the history. Not thread-safe.</summary>
internal sealed class TrafficFile : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _interval;
    private readonly SqliteCommand _hour;
    private readonly string _path;
    private readonly DatabaseIdentity _identity;

    /// <summary>Opens the file, or makes it.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public TrafficFile(string path)
    {
        _connection = Sqlite.OpenWrite(path);
        _path = path;
        try
        {
            Sqlite.Run(_connection, "PRAGMA journal_mode = WAL");
            Sqlite.Run(_connection, "PRAGMA synchronous = NORMAL");
            Sqlite.Run(_connection, TrafficSchema.Create(TrafficSchema.Intervals));
            Sqlite.Run(_connection, TrafficSchema.Create(TrafficSchema.Hours));
            _identity = DatabaseIdentity.Of(path);
            _interval = Upsert(TrafficSchema.Intervals);
            _hour = Upsert(TrafficSchema.Hours);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether its paths still lead to it and its log.</summary>
    public bool IsThere => DatabaseIdentity.Of(_path) == _identity;

    /// <summary>The bytes that its rows take, without room that was given back within it.</summary>
    public long Size => (Number("PRAGMA page_count") - Number("PRAGMA freelist_count")) * Number("PRAGMA page_size");

    /// <summary>The begin of the oldest row of a table; null where it has none.</summary>
    public long? Oldest(string table) => Sqlite.Run(_connection, $"SELECT min(start) FROM {table}") as long?;

    /// <summary>Adds rows to those that are there, all or none of them.</summary>
    /// <exception cref="SqliteException">They cannot be written.</exception>
    public void Write(IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> rows)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
        _interval.Transaction = _hour.Transaction = transaction;
        foreach (((long start, TrafficKey key), TrafficSum sum) in rows)
        {
            Write(_interval, start, key, sum);
            Write(_hour, TrafficTime.Floor(start, TrafficTime.HourSeconds), key, sum);
        }
        transaction.Commit();
    }

    /// <summary>Drops the rows of a table that began before a time.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="SqliteException">They cannot be dropped.</exception>
    public int DropBefore(string table, long start)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = $"DELETE FROM {table} WHERE start < $start";
        command.Parameters.AddWithValue("$start", start);
        return command.ExecuteNonQuery();
    }

    /// <summary>Closes it in order, as one file that needs no others beside it.</summary>
    /// <exception cref="SqliteException">It cannot be written; it is closed all the same.</exception>
    public void Close()
    {
        try
        {
            Sqlite.Run(_connection, "PRAGMA journal_mode = DELETE");
        }
        catch (SqliteException exception) when (Sqlite.IsHeld(exception))
        {
            // It is read just now, and stays as it is.
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Closes it as a crash would. Nothing is lost where the log alone is gone.</summary>
    public void Dispose()
    {
        _identity.Save(_connection, _path);
        _interval.Dispose();
        _hour.Dispose();
        _connection.Dispose();
    }

    private long Number(string pragma) => Sqlite.Run(_connection, pragma) as long? ?? 0;

    private SqliteCommand Upsert(string table)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = TrafficSchema.Upsert(table);
        foreach (string name in (string[])["start", "user", "exit", "inbound", .. TrafficSchema.Sums])
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + name });
        return command;
    }

    private static void Write(SqliteCommand command, long start, TrafficKey key, TrafficSum sum)
    {
        SqliteParameterCollection values = command.Parameters;
        (values[0].Value, values[1].Value, values[2].Value, values[3].Value) = (start, key.User, key.Exit, key.Inbound);
        (values[4].Value, values[5].Value, values[6].Value, values[7].Value) = (sum.Sessions, sum.Failed, sum.BytesUp, sum.BytesDown);
        ReadOnlySpan<long> dials = sum.Dials;
        for (int i = 0; i < DialBuckets.Count; i++) values[8 + i].Value = dials.IsEmpty ? 0L : dials[i];
        command.ExecuteNonQuery();
    }
}
