using System.Globalization;

namespace MultiExit.Engine.Balancing;

/// <summary>The member with the best quality: the time that 95 of 100 dials take, and what failed ones cost. It is left only for one that is clearly
/// better.</summary>
internal sealed class Quality : BestScore
{
    // What a dial that fails costs a client: the time until it has given up. So a loss of 1 % counts as 100 ms.
    private const double LostMilliseconds = 10_000;

    protected override string Reason => "the best quality, or not clearly worse than another's";

    protected override double Score(Member member) => TimeOf(member) + LostMilliseconds * member.State.Loss.Share;

    protected override string Describe(Member member) => string.Create(CultureInfo.InvariantCulture,
        $"{TimeOf(member):0.#} ms{(member.State.Times.Percentile95 is null ? " on average" : " for 95 of 100")}, {member.State.Loss.Share:0.#%} lost");

    private static double TimeOf(Member member) => member.State.Times.Percentile95?.TotalMilliseconds ?? member.State.Latency;
}
