using Microsoft.Data.Sqlite;
using MultiExit.Engine.Status;
using SQLitePCL;

namespace MultiExit.Engine.Records;

/// <summary>Searches one file. Not thread-safe.</summary>
internal sealed class PartitionReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _select;
    private readonly int[] _places;
    private readonly CancellationTokenRegistration _interrupt;

    /// <summary>Opens a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="filter">What is looked for.</param>
    /// <param name="cancellationToken">Interrupts the search.</param>
    /// <param name="isOldestFirst">Whether the oldest records are read first.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="IOException">It is not there, or no regular file.</exception>
    public PartitionReader(PartitionFile file, RecordFilter filter, CancellationToken cancellationToken, bool isOldestFirst = false)
    {
        File = file;
        _connection = Sqlite.OpenRead(file.Path);
        _select = _connection.CreateCommand();
        try
        {
            HashSet<string> present = PartitionSchema.ColumnsOf(_connection);
            RecordColumn[] shown = [.. RecordColumns.All.Where(column => present.Contains(column.Name))];
            _places = [.. RecordColumns.All.Select(column => Array.IndexOf(shown, column) is >= 0 and var place ? place + 1 : -1)];
            // A file that was made a moment ago may have no table yet.
            IsEmpty = shown.Length == 0 || EarliestStart() > filter.LatestStart;
            _select.CommandText = $"SELECT key{string.Concat(shown.Select(column => $", {PartitionSchema.Quote(column)}"))} "
                + $"FROM record WHERE {filter.Sql} ORDER BY key {(isOldestFirst ? "ASC" : "DESC")} LIMIT $limit";
            filter.Bind(_select);
            _interrupt = cancellationToken.Register(static connection => raw.sqlite3_interrupt(((SqliteConnection)connection!).Handle), _connection);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public PartitionFile File { get; }

    /// <summary>Whether nothing that is looked for can be in it.</summary>
    public bool IsEmpty { get; }

    /// <summary>Reads the newest records of a range of keys, or the oldest.</summary>
    /// <param name="from">The least key.</param>
    /// <param name="before">The key behind the greatest.</param>
    /// <param name="limit">The most records.</param>
    /// <param name="found">Takes the records with their keys.</param>
    /// <returns>The number of rows that were read.</returns>
    public int Read(long from, long before, int limit, List<(long Key, SessionRecord Record)> found)
    {
        RecordFilter.Bind(_select, from, before, limit);
        using SqliteDataReader reader = _select.ExecuteReader();
        RecordRow row = new(reader, _places);
        int count = 0;
        for (; reader.Read(); count++)
        {
            try
            {
                found.Add((reader.GetInt64(0), RecordColumns.Read(row)));
            }
            catch (Exception exception) when (exception is FormatException or InvalidCastException or ArgumentException or System.Text.Json.JsonException)
            {
                // Not written by a server; the others may be.
            }
        }
        return count;
    }

    public void Dispose()
    {
        // Waits for an interruption that is under way.
        _interrupt.Dispose();
        _select.Dispose();
        _connection.Dispose();
    }

    private long EarliestStart() => Sqlite.Run(_connection, "SELECT value FROM meta WHERE name = 'earliest_start'") as long? ?? long.MinValue;
}
