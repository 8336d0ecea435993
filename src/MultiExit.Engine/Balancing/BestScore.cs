using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>The member with the least score. It is left only for one that is clearly better.</summary>
/// <remarks>A member that was never dialed nor probed is tried once to learn its score; one whose dials have only failed comes last.</remarks>
internal abstract class BestScore : IStrategy
{
    // Another must be better by a fifth and by 2 ms at least, or noise would make the choice.
    private const double ClearlyBetter = 0.8;
    private const double LeastGain = 2;

    private Member? _current;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        int best = Best(candidates);
        // A member that is tried only to learn its score is not counted as the choice; a retry is about one connection, not about the
        // members in general.
        if (attempt == 0 && !IsUnknown(candidates[best])) Volatile.Write(ref _current, candidates[best]);
        return best;
    }

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        int best = Best(candidates);
        return IsUnknown(candidates[best])
            ? new(best, "never dialed: tried once to learn its time", Text)
            : new(best, $"{Reason}: {Text(candidates[best])}", Text);
    }

    /// <summary>What the least score means.</summary>
    protected abstract string Reason { get; }

    /// <summary>The score in milliseconds; the least is the best.</summary>
    protected abstract double Score(Member member);

    /// <summary>The score of a member that has one, in words.</summary>
    protected abstract string Describe(Member member);

    private int Best(IReadOnlyList<Member> candidates)
    {
        int best = 0;
        int current = -1;
        double least = double.PositiveInfinity, held = 0;
        Member? chosen = Volatile.Read(ref _current);
        for (int i = 0; i < candidates.Count; i++)
        {
            if (IsUnknown(candidates[i])) return i;
            // Once: a score may take a look at hundreds of dials, and may be another one a moment later.
            double score = Known(candidates[i]);
            if (ReferenceEquals(candidates[i], chosen)) (current, held) = (i, score);
            if (score < least) (best, least) = (i, score);
        }
        if (current < 0) return best;
        return !(least < held * ClearlyBetter) || held - least < LeastGain ? current : best;
    }

    private string Text(Member member) => member.State switch
    {
        { Dials: 0, Latency: double.NaN } => "never dialed",
        { Latency: double.NaN } => "its dials have failed",
        _ => Describe(member),
    };

    private static bool IsUnknown(Member member) => member.State is { Dials: 0, Latency: double.NaN };

    private double Known(Member member) => double.IsNaN(member.State.Latency) ? double.PositiveInfinity : Score(member);
}
