using System.Globalization;
using MultiExit.Soak.Watch;

namespace MultiExit.Soak;

/// <summary>The table at the end.</summary>
internal static class Report
{
    public static void Print(Ledger ledger, IEnumerable<Record> records)
    {
        Console.WriteLine();
        Console.WriteLine($"{"sessions",-28}{"begun",8}{"well",8}{"excused",9}{"failed",8}");
        foreach ((string kind, Tally tally) in ledger.Sessions.OrderBy(each => each.Key, StringComparer.Ordinal))
            Console.WriteLine($"{kind,-28}{tally.Begun,8}{tally.Well,8}{tally.Excused,9}{tally.Failed,8}");
        Console.WriteLine();
        foreach ((string fault, int count) in ledger.Faults.OrderBy(each => each.Key, StringComparer.Ordinal))
            Console.WriteLine($"{fault,-44}{count,8}");
        Console.WriteLine();
        Console.WriteLine($"{"server",-8}{"",-14}{"first",10}{"peak",10}{"last",10}");
        foreach (Record record in records)
        {
            if (record is not { First: { } first, Peak: { } peak, Last: { } last }) continue;
            Row(record.Server.Name, "descriptors", first.Descriptors, peak.Descriptors, last.Descriptors);
            Row("", "pipes", first.Pipes, peak.Pipes, last.Pipes);
            Row("", "threads", first.Threads, peak.Threads, last.Threads);
            Row("", "resident KiB", first.ResidentKiB, peak.ResidentKiB, last.ResidentKiB);
            Row("", "sessions", first.Sessions, peak.Sessions, last.Sessions);
            Row("", "connections", first.Connections, peak.Connections, last.Connections);
            Row("", "held bytes", first.Held, peak.Held, last.Held);
            Row("", "wake-ups/s", (long)record.FirstWakeUps!.PerSecond, null, (long)record.LastWakeUps!.PerSecond);
        }
        Console.WriteLine();
    }

    /// <summary>The last lines.</summary>
    /// <returns>The exit code.</returns>
    public static int End(Ledger ledger, Options options, string folder)
    {
        // In brackets stands what is no session.
        int sessions = ledger.Sessions.Where(each => each.Key[0] != '(').Sum(each => each.Value.Begun);
        string counts = $"{sessions} sessions, {ledger.Faults.Values.Sum()} faults";
        if (ledger.Failures.Count == 0)
        {
            Directory.Delete(folder, recursive: true);
            Console.WriteLine($"soak: {counts}, passed");
            return 0;
        }
        Console.WriteLine($"soak: {counts}, failed with seed {options.Seed}; configurations, logs and outputs are in {folder}");
        foreach (string failure in ledger.Failures) Console.WriteLine("  " + failure);
        return 1;
    }

    private static void Row(string server, string what, long first, long? peak, long last) =>
        Console.WriteLine($"{server,-8}{what,-14}{first,10}{peak?.ToString(CultureInfo.InvariantCulture) ?? "",10}{last,10}");
}
