using Microsoft.Data.Sqlite;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Records;

/// <summary>Reads the files of a record store in the order in which they were written.</summary>
internal static class LocalRecords
{
    /// <summary>The oldest records behind a key, of one day at most.</summary>
    /// <exception cref="ProxyException">A file cannot be read.</exception>
    public static IReadOnlyList<(long Key, SessionRecord Record)> Read(string path, long after, int limit, CancellationToken cancellationToken)
    {
        try
        {
            // Listed before any of them is read: a day is complete once there is a file of a later one.
            foreach (IGrouping<DateOnly, PartitionFile> day in PartitionFile.List(path).GroupBy(file => file.Day))
            {
                if (day.Key < PartitionFile.DayOf(after)) continue;
                List<(long Key, SessionRecord Record)> found = [];
                // The newest first: whatever was written to an earlier one was written before.
                foreach (PartitionFile file in day.Reverse()) Read(file, after, limit, found, cancellationToken);
                if (found.Count > 0) return [.. found.OrderBy(record => record.Key).Take(limit)];
            }
            return [];
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ProxyException(ProxyError.ServerState, $"the records of {path} cannot be read: {Sqlite.Describe(exception)}", exception);
        }
    }

    /// <summary>How many records of a file are behind a key; 0 where it cannot be read.</summary>
    public static long Count(PartitionFile file, long after)
    {
        try
        {
            using SqliteConnection connection = Sqlite.OpenRead(file.Path);
            using SqliteCommand count = connection.CreateCommand();
            count.CommandText = "SELECT count(*) FROM record WHERE key > $after";
            count.Parameters.AddWithValue("$after", after);
            return count.ExecuteScalar() is long number ? number : 0;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static void Read(
        PartitionFile file, long after, int limit, List<(long Key, SessionRecord Record)> found, CancellationToken cancellationToken)
    {
        try
        {
            using PartitionReader reader = new(file, new RecordFilter(new RecordQuery()), cancellationToken, isOldestFirst: true);
            if (!reader.IsEmpty) reader.Read(after + 1, long.MaxValue, limit, found);
        }
        catch (Exception exception) when (exception is FileNotFoundException or SpecialFileException
            || (exception is SqliteException failure && (Sqlite.IsDamaged(failure) || !File.Exists(file.Path))))
        {
            // Dropped meanwhile, or damaged: the store sets it aside and says so.
        }
    }
}
