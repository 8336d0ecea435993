using System.Diagnostics;
using System.Globalization;
using MultiExit.Engine.Records;
using MultiExit.Engine.Records.Traffic;

namespace MultiExit.Benchmarks;

/// <summary>Makes a history of many days and times questions to it: <c>history FOLDER DAYS ROWS_AN_INTERVAL</c>.</summary>
internal static class TrafficRun
{
    private static readonly DateTimeOffset End = new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero);

    public static void Run(string folder, int days, int rows)
    {
        Sqlite.Load();
        string path = Path.Combine(Path.GetFullPath(folder), "records.db");
        if (!File.Exists(path)) Make(path, days, rows);
        long bytes = new FileInfo(path).Length, all = days * 288L * rows;
        Console.WriteLine($"{days} days of {rows} rows an interval: {bytes >> 20} MiB, {bytes / (double)all:0} bytes a row");
        foreach (TrafficFields by in (TrafficFields[])[TrafficFields.User, TrafficFields.User | TrafficFields.Exit])
        {
            Time($"{by}, a day in hours", new TrafficQuery { By = by, Since = End.AddDays(-1), Until = End, Step = TrafficStep.Hour });
            Time($"{by}, 6 hours in five minutes", new TrafficQuery { By = by, Since = End.AddHours(-6), Until = End, Step = TrafficStep.FiveMinutes });
            Time($"{by}, 30 days as a whole", new TrafficQuery { By = by, Since = End.AddDays(-30), Until = End });
            Time($"{by}, 30 days in days", new TrafficQuery { By = by, Since = End.AddDays(-30), Until = End, Step = TrafficStep.Day });
        }

        void Time(string what, TrafficQuery query)
        {
            List<double> taken = [];
            int found = 0;
            for (int i = 0; i < 3; i++)
            {
                long began = Stopwatch.GetTimestamp();
                found = TrafficReader.Run(path, query, End, CancellationToken.None).Count;
                taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: first {taken[0]:0} ms, then {taken.Skip(1).Average():0} ms, {found} rows"));
        }
    }

    private static void Make(string path, int days, int rows)
    {
        Random random = new(1);
        using TrafficFile file = new(path);
        double written = 0;
        for (int interval = days * 288; interval > 0; interval--)
        {
            TrafficLedger ledger = new();
            long start = TrafficTime.StartOf(End.AddMinutes(-5 * interval));
            for (int row = 0; row < rows; row++)
            {
                TrafficKey key = new($"user{row / 2}", $"wan{row % 2 + 1}", "proxy");
                for (int i = 0; i < 5; i++)
                    ledger.Add(start, key, new TrafficDelta(1, i == 0 ? 1 : 0, random.Next(1 << 20), random.Next(1 << 24), random.NextDouble() * 200));
            }
            long began = Stopwatch.GetTimestamp();
            file.Write(ledger.Take());
            written += Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"written in {written / days / 288:0.0} ms an interval"));
        file.Close();
    }
}
