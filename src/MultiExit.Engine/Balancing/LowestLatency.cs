using System.Globalization;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>The member whose dials take the shortest time. It is left only for one that is clearly faster.</summary>
/// <remarks>A member that was never dialed nor probed is tried once to learn its time; one whose dials have only failed comes last.</remarks>
internal sealed class LowestLatency : IStrategy
{
    // Another must be faster by a fifth and by 2 ms at least, or noise would make the choice.
    private const double ClearlyFaster = 0.8;
    private const double LeastGain = 2;

    private Member? _current;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        int best = Best(candidates);
        // A member that is tried only to learn its time is not counted as the choice; a retry is about one connection, not about the
        // members in general.
        if (attempt == 0 && !IsUnknown(candidates[best])) Volatile.Write(ref _current, candidates[best]);
        return best;
    }

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        int best = Best(candidates);
        return IsUnknown(candidates[best])
            ? new(best, "never dialed: tried once to learn its time", Describe)
            : new(best, $"the shortest time, or not clearly longer than another's: {Describe(candidates[best])}", Describe);
    }

    private int Best(IReadOnlyList<Member> candidates)
    {
        int best = 0;
        int current = -1;
        Member? chosen = Volatile.Read(ref _current);
        for (int i = 0; i < candidates.Count; i++)
        {
            if (IsUnknown(candidates[i])) return i;
            if (ReferenceEquals(candidates[i], chosen)) current = i;
            if (Time(candidates[i]) < Time(candidates[best])) best = i;
        }
        if (current < 0) return best;
        double held = Time(candidates[current]);
        return !(Time(candidates[best]) < held * ClearlyFaster) || held - Time(candidates[best]) < LeastGain ? current : best;
    }

    private static string Describe(Member member) => member.State switch
    {
        { Dials: 0, Latency: double.NaN } => "never dialed",
        { Latency: double.NaN } => "its dials have failed",
        { Latency: double latency } => string.Create(CultureInfo.InvariantCulture, $"{latency:0.#} ms"),
    };

    private static bool IsUnknown(Member member) => member.State is { Dials: 0, Latency: double.NaN };

    private static double Time(Member member) => double.IsNaN(member.State.Latency) ? double.PositiveInfinity : member.State.Latency;
}
