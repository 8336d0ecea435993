using MultiExit.Soak.Servers;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Watch;

/// <summary>Waits until nothing of the load is left, and looks at what the servers then have.</summary>
internal static class Rest
{
    // The end of a direction in the plain format waits 10 s; the pool ends threads that have had nothing to do for 20 s.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Waits for the quiet time, and then until there are no sessions and no more descriptors than at first; not for
    /// ever.</summary>
    public static async Task<IReadOnlyList<(Sample Sample, WakeUps WakeUps)>> ReachAsync(IReadOnlyList<Record> records, TargetSet targets)
    {
        await Task.Delay(Quiet);
        for (long began = Environment.TickCount64; Environment.TickCount64 - began < Patience.TotalMilliseconds; await Task.Delay(1000))
        {
            bool isReached = targets.Live.Count == 0;
            foreach (Record record in records)
            {
                Sample sample = await Gauge.ReadAsync(record.Server);
                isReached &= sample.Sessions == 0 && (record.First is not { } first || sample.Descriptors <= first.Descriptors);
            }
            if (isReached) break;
        }

        WakeUps[] wakeUps = await WakeUps.CountAsync([.. records.Select(record => record.Server)]);
        List<(Sample, WakeUps)> found = [];
        for (int at = 0; at < records.Count; at++) found.Add((await Gauge.ReadAsync(records[at].Server), wakeUps[at]));
        return found;
    }
}
