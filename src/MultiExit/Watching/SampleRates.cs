using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>Rates between two looks at a server, a second each.</summary>
internal readonly record struct SampleRates(double BytesUp, double BytesDown, double Sessions, double Failed)
{
    /// <summary>The rates; all 0 for the first look, and where a server began anew in between.</summary>
    public static SampleRates Between(ServerStatus? before, ServerStatus now, TimeSpan took)
    {
        if (before is null || before.Started != now.Started || took <= TimeSpan.Zero) return default;
        double seconds = took.TotalSeconds;
        return new(Rate(before.BytesUp, now.BytesUp), Rate(before.BytesDown, now.BytesDown), Rate(before.TotalSessions, now.TotalSessions),
            Rate(before.Failed, now.Failed));

        double Rate(long from, long to) => Math.Max(0, to - from) / seconds;
    }
}
