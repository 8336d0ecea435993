using Microsoft.Data.Sqlite;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using SQLitePCL;

namespace MultiExit.Engine.Records.Traffic;

/// <summary>Asks the file of the history.</summary>
internal static class TrafficReader
{
    private static readonly (TrafficFields Field, string Column)[] Fields =
        [(TrafficFields.User, "user"), (TrafficFields.Exit, "exit"), (TrafficFields.Inbound, "inbound")];

    /// <summary>The rows of an answer, by their time and then by their fields.</summary>
    /// <param name="path">The file.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Interrupts it.</param>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    /// <exception cref="IOException">The same.</exception>
    /// <exception cref="ProxyException">There are too many rows.</exception>
    public static IReadOnlyList<TrafficRow> Run(string path, TrafficQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return [];
        using SqliteConnection connection = Sqlite.OpenRead(path);
        // Made last; a file that is being made has no tables yet.
        if (Sqlite.Run(connection, $"SELECT 1 FROM sqlite_master WHERE name = '{TrafficSchema.Hours}'") is null) return [];
        using SqliteCommand select = connection.CreateCommand();
        (TrafficFields Field, string Column)[] by = [.. Fields.Where(each => query.By.HasFlag(each.Field))];
        (long since, long until) = PeriodOf(query, now);
        (string table, long firstHour, long lastHour) = TableOf(query.Step, since, until);
        long step = (long)query.Step.Length().TotalSeconds;
        string period = step == 0 ? "$since" : $"start - start % {step}";
        string keys = string.Concat(by.Select(each => $", {each.Column}"));
        string groups = string.Join(", ", Enumerable.Range(1, by.Length + 1));
        select.CommandText = $"SELECT {period}{keys}, {string.Join(", ", TrafficSchema.Sums.Select(sum => $"sum({sum})"))} FROM {table} "
            + $"GROUP BY {groups} ORDER BY {groups} LIMIT {query.Most + 1}";
        select.Parameters.AddWithValue("$since", since);
        select.Parameters.AddWithValue("$until", until);
        select.Parameters.AddWithValue("$first", firstHour);
        select.Parameters.AddWithValue("$last", lastHour);
        using CancellationTokenRegistration interrupt = cancellationToken.Register(
            static connection => raw.sqlite3_interrupt(((SqliteConnection)connection!).Handle), connection);
        using SqliteDataReader reader = select.ExecuteReader();
        List<TrafficRow> rows = [];
        while (reader.Read()) rows.Add(Read(reader, by));
        if (rows.Count <= query.Most) return rows;
        throw new ProxyException(ProxyError.ServerState,
            $"the answer has more than {query.Most} rows; ask for a shorter time, a longer step or fewer fields");
    }

    /// <summary>The whole periods that a time touches: of five minutes, or of an hour where rows are longer.</summary>
    public static (long Since, long Until) PeriodOf(TrafficQuery query, DateTimeOffset now)
    {
        long unit = query.Step is TrafficStep.Hour or TrafficStep.Day ? TrafficTime.HourSeconds : TrafficTime.IntervalSeconds;
        long until = (query.Until ?? now).ToUnixTimeSeconds();
        long since = query.Since?.ToUnixTimeSeconds() ?? until - TrafficTime.DaySeconds;
        return (TrafficTime.Floor(since, unit), until);
    }

    // Hours have a twelfth of the rows, and are as exact where rows are to be of hours; of a whole, the part that is of full hours.
    private static (string Table, long FirstHour, long LastHour) TableOf(TrafficStep step, long since, long until)
    {
        const string Intervals = $"SELECT * FROM {TrafficSchema.Intervals} WHERE start >= ", Hours = $"SELECT * FROM {TrafficSchema.Hours} WHERE start >= ";
        if (step == TrafficStep.FiveMinutes) return ($"({Intervals}$since AND start < $until)", 0, 0);
        if (step != TrafficStep.Whole) return ($"({Hours}$since AND start < $until)", 0, 0);
        long last = TrafficTime.Floor(until, TrafficTime.HourSeconds), first = TrafficTime.Floor(since + TrafficTime.HourSeconds - 1, TrafficTime.HourSeconds);
        if (first >= last) return ($"({Intervals}$since AND start < $until)", 0, 0);
        return ($"({Intervals}$since AND start < $first UNION ALL {Hours}$first AND start < $last UNION ALL {Intervals}$last AND start < $until)", first, last);
    }

    private static TrafficRow Read(SqliteDataReader reader, (TrafficFields Field, string Column)[] by)
    {
        string? Key(TrafficFields field) =>
            Array.FindIndex(by, each => each.Field == field) is >= 0 and var index && reader.GetString(index + 1) is { Length: > 0 } text ? text : null;

        int first = by.Length + 1;
        Span<long> dials = stackalloc long[DialBuckets.Count];
        for (int i = 0; i < dials.Length; i++) dials[i] = reader.GetInt64(first + 4 + i);
        return new TrafficRow
        {
            From = DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(0)),
            User = Key(TrafficFields.User), Exit = Key(TrafficFields.Exit), Inbound = Key(TrafficFields.Inbound),
            Sessions = reader.GetInt64(first), Failed = reader.GetInt64(first + 1),
            BytesUp = reader.GetInt64(first + 2), BytesDown = reader.GetInt64(first + 3), DialP95Ms = DialBuckets.Percentile95(dials),
        };
    }
}
