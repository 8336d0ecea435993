using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Records;

/// <summary>Drops files of records as a whole: those of days that are over for too long, and the oldest where all together are too large.</summary>
internal static class Retention
{
    /// <summary>Drops them.</summary>
    /// <param name="config">How long and how much is kept.</param>
    /// <param name="now">The time.</param>
    /// <param name="isInUse">Whether a file is written now.</param>
    /// <param name="reports">Tells the operator.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static void Run(RecordsConfig config, DateTimeOffset now, Func<PartitionFile, bool> isInUse, RecordReports reports)
    {
        (PartitionFile File, long Size)[] files = [.. PartitionFile.List(config.Path).Where(file => !isInUse(file)).Select(file => (file, file.Size))];
        // The history, which is shortened for itself, takes its place of the whole.
        long total = Sqlite.SizeOf(config.Path) + PartitionFile.List(config.Path).Where(isInUse).Sum(file => file.Size) + files.Sum(file => file.Size);
        foreach ((PartitionFile file, long size) in files)
        {
            // The last day that there is has no end that can be written.
            TimeSpan over = now - new DateTimeOffset(file.Day, TimeOnly.MinValue, TimeSpan.Zero) - TimeSpan.FromDays(1);
            string? key = over > config.Keep ? "records.keep" : total > config.MaxSize ? "records.max_size" : null;
            if (key is not null && TryDrop(file, key, reports)) total -= size;
        }
    }

    private static bool TryDrop(PartitionFile file, string key, RecordReports reports)
    {
        try
        {
            long left = reports.Follower?.CountLeft(file) ?? 0;
            file.Delete();
            if (left > 0) reports.Follower?.Dropped(left);
            reports.DroppedFile(file.Path, key);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It may be read just now, where a file that is open cannot be deleted; it is tried again.
            reports.NotDropped(file.Path, exception.Message);
            return false;
        }
    }
}
