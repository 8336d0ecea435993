using System.Diagnostics;
using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Records;
using MultiExit.Engine.Status;

namespace MultiExit.Benchmarks;

/// <summary>Makes a store of many days and times searches in it: <c>records FOLDER DAYS RECORDS_A_DAY</c>.</summary>
internal static class RecordStoreRun
{
    private const int Batch = 4096;
    private static readonly DateTimeOffset Last = new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero);

    public static void Run(string folder, int days, int perDay)
    {
        Sqlite.Load();
        string path = Path.Combine(Path.GetFullPath(folder), "records.db");
        if (PartitionFile.List(path).Count == 0) Make(path, days, perDay);
        long bytes = PartitionFile.List(path).Sum(file => file.Size);
        Console.WriteLine($"{days} days of {perDay} records: {bytes >> 20} MiB, {bytes / ((double)days * perDay):0} bytes a record");
        Random random = new(7);
        Time("source and port at a time, 1 day ago", () => Who(1));
        Time($"source and port at a time, {days} days ago", () => Who(days - 1));
        Time("source and port, whenever", () => new RecordQuery { Source = SourceOf(random.Next(perDay)), Limit = 10_000 });
        Time("user, newest 1000", () => new RecordQuery { User = $"user{random.Next(1000)}" });
        Time("user, all days, who is not there", () => new RecordQuery { User = "nobody" });
        Time("host, newest 1000", () => new RecordQuery { Destination = $"host{random.Next(20_000)}.example.com" });
        Time("exit and outcome in an hour", () => Failed(Ended(days / 2, random.Next(perDay), perDay)));
        Time("outcome that is not there, until it gives up its thread", () => new RecordQuery { Outcome = SessionOutcome.Loop });

        RecordQuery Who(int day)
        {
            int index = random.Next(perDay);
            return new RecordQuery { Source = SourceOf(index), At = Ended(day, index, perDay) };
        }

        void Time(string what, Func<RecordQuery> query)
        {
            List<double> taken = [];
            int found = 0;
            for (int i = 0; i < 10; i++)
            {
                RecordQuery asked = query();
                long began = Stopwatch.GetTimestamp();
                RecordPage page = new RecordSearch(path, file => throw new IOException(file.Path)).Run(asked, TimeProvider.System, CancellationToken.None);
                taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                found += page.Records.Count;
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{what}: first {taken[0]:0.0} ms, then {taken.Skip(1).Average():0.0} ms, {found / 10.0:0.#} records"));
        }
    }

    private static void Make(string path, int days, int perDay)
    {
        Random random = new(1);
        long began = Stopwatch.GetTimestamp();
        using BlockQueue queue = new(Batch, 2 << 20);
        RecordBatch batch = new();
        (long Key, int Position)[] run = new (long, int)[Batch];
        for (int day = days - 1; day >= 0; day--)
        {
            PartitionWriter writer = new(PartitionFile.Of(path, DateOnly.FromDateTime(Last.AddDays(-day).UtcDateTime)));
            for (int i = 0; i < perDay;)
            {
                int count = Math.Min(Batch, perDay - i);
                for (int j = 0; j < count; j++, i++) queue.TryAdd(RecordEncoder.OfThread.Encode(Make(i, Ended(day, i, perDay), random)));
                batch.Fill(queue);
                int position = 0;
                for (int j = 0; j < count; j++)
                {
                    EncodedRecord record = batch.At(position);
                    run[j] = (record.Ended + j, position);
                    position += record.Length;
                }
                writer.Write(batch, run.AsSpan(0, count));
                batch.Skip(count, position);
            }
            writer.MakeIndexes();
            writer.Close();
        }
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"written at {days * (double)perDay / seconds:0} records a second, by one thread"));
    }

    private static DateTimeOffset Ended(int day, int index, int perDay) => Last.AddDays(-day).AddTicks(TimeSpan.TicksPerDay / perDay * index);

    private static RecordQuery Failed(DateTimeOffset until) =>
        new() { Exit = "wan3", Outcome = SessionOutcome.TimedOut, Since = until.AddHours(-1), Until = until };

    private static IPEndPoint SourceOf(int index) => new(new IPAddress([198, 51, 100, (byte)(10 + (index & 3))]), 32_768 + (index * 7919 % 28_232));

    private static SessionRecord Make(int index, DateTimeOffset ended, Random random)
    {
        double duration = Math.Round(Math.Exp(random.NextDouble() * 10), 3);
        int user = random.Next(1000), host = (int)(20_000 * Math.Pow(random.NextDouble(), 3));
        IPAddress target = new([93, 184, (byte)(host >> 8), (byte)host]);
        string exit = $"wan{index & 3}";
        double dial = Math.Round(10 + (random.NextDouble() * 50), 3);
        return new SessionRecord
        {
            Id = index, Started = ended.AddMilliseconds(-duration), Ended = ended, Inbound = "proxy", Protocol = "socks5", Network = "tcp",
            Client = new IPEndPoint(new IPAddress([10, 1, (byte)(user >> 8), (byte)user]), random.Next(32_768, 61_000)),
            Local = new IPEndPoint(new IPAddress([10, 0, 0, 1]), 1080), User = $"user{user}", Login = "password",
            Destination = $"host{host}.example.com:443", Resolved = target, Rule = 3, Group = "pool", Exit = exit,
            Attempts = [new SessionAttempt(exit, dial, null)], Source = SourceOf(index), Peer = new IPEndPoint(target, 443), Leads = "target",
            BytesUp = random.Next(100_000), BytesDown = random.Next(10_000_000), HandshakeMs = Math.Round(random.NextDouble() * 3, 3),
            RouteMs = 0.021, ResolveMs = Math.Round(random.NextDouble() * 9, 3), DialMs = dial, FirstByteUpMs = Math.Round(dial + 1.2, 3),
            FirstByteMs = Math.Round(dial * 2, 3), DurationMs = duration,
            Outcome = random.Next(50) == 0 ? SessionOutcome.TimedOut : SessionOutcome.Ok,
        };
    }
}
