namespace MultiExit.Engine.Records.Traffic;

/// <summary>The two tables of the history: the same rows by five minutes, and by the hour for long periods.</summary>
internal static class TrafficSchema
{
    /// <summary>The table of intervals.</summary>
    public const string Intervals = "traffic";

    /// <summary>The table of hours.</summary>
    public const string Hours = "traffic_hour";

    /// <summary>The columns that are added up.</summary>
    public static IReadOnlyList<string> Sums { get; } = ["sessions", "failed", "bytes_up", "bytes_down", .. DialBuckets.Columns];

    /// <summary>Makes a table. By the time first: what is old goes from its one end.</summary>
    public static string Create(string table) =>
        $"CREATE TABLE IF NOT EXISTS {table} (start INTEGER NOT NULL, user TEXT NOT NULL, exit TEXT NOT NULL, inbound TEXT NOT NULL, "
        + string.Concat(Sums.Select(sum => $"{sum} INTEGER NOT NULL DEFAULT 0, ")) + "PRIMARY KEY (start, user, exit, inbound)) WITHOUT ROWID";

    /// <summary>Adds to a row, or makes it.</summary>
    public static string Upsert(string table) =>
        $"INSERT INTO {table} VALUES ($start, $user, $exit, $inbound, {string.Join(", ", Sums.Select(sum => "$" + sum))}) "
        + $"ON CONFLICT DO UPDATE SET {string.Join(", ", Sums.Select(sum => $"{sum} = {sum} + excluded.{sum}"))}";
}
