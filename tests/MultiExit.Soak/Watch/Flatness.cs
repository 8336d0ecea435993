namespace MultiExit.Soak.Watch;

/// <summary>What a server may have at rest behind the load, beside what it had before.</summary>
internal static class Flatness
{
    // The runtime keeps some threads of its pool, and has some that begin late: for tiered compilation, signals, the log.
    private const int MoreThreads = 8;

    // Both ends of the 32 that are kept for the next relays; the standard streams, which are this program's pipes, and some of the
    // runtime's.
    private const int MostPipes = (2 * 32) + 8;

    // Beside the most of the first half: code that is compiled again, the arenas of malloc and the budgets of the collector take minutes to come to rest.
    // What a session leaves behind grows in the second half as it did in the first: five thousand sessions at 8 KiB each are 40 MiB.
    private const double ResidentRatio = 1.1;
    private const long MoreResidentKiB = 16 * 1024;

    // Health checks, pings, and whoever asks for the status.
    private const double WakeUpRatio = 1.5;
    private const double MoreWakeUps = 30;

    /// <summary>What is wrong; of a server that was started again meanwhile, only what sessions have left.</summary>
    public static IEnumerable<string> Faults(Record record, bool isSameProcess)
    {
        (Sample first, Sample last) = (record.First!, record.Last!);
        if (last.Sessions > 0) yield return $"{last.Sessions} sessions are left";
        if (last.Held > first.Held) yield return $"carriers hold {last.Held} bytes for sessions that are gone";
        if (!isSameProcess) yield break;
        if (last.Connections > first.Connections) yield return $"{last.Connections} connections are left, {first.Connections} at first";
        if (last.Descriptors > first.Descriptors)
        {
            yield return $"{last.Descriptors} descriptors, {first.Descriptors} at first; "
                + $"then {string.Join(", ", record.FirstDescriptors)}; now {string.Join(", ", Gauge.Descriptors(record.Server))}";
        }
        if (last.Pipes > MostPipes) yield return $"{last.Pipes} ends of pipes";
        if (last.Threads > first.Threads + MoreThreads) yield return $"{last.Threads} threads, {first.Threads} at first";
        if (last.ResidentKiB > (record.EarlyResidentKiB * ResidentRatio) + MoreResidentKiB)
            yield return $"{last.ResidentKiB} KiB are resident, at most {record.EarlyResidentKiB} in the first half of the load";
        (WakeUps once, WakeUps now) = (record.FirstWakeUps!, record.LastWakeUps!);
        if (now.PerSecond > (once.PerSecond * WakeUpRatio) + MoreWakeUps)
            yield return $"threads are woken {now.PerSecond:0} times a second ({now.Threads}), {once.PerSecond:0} at first";
    }
}
