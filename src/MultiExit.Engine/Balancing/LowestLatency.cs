using System.Globalization;

namespace MultiExit.Engine.Balancing;

/// <summary>The member whose dials take the shortest time. It is left only for one that is clearly faster.</summary>
internal sealed class LowestLatency : BestScore
{
    protected override string Reason => "the shortest time, or not clearly longer than another's";

    protected override double Score(Member member) => member.State.Latency;

    protected override string Describe(Member member) => string.Create(CultureInfo.InvariantCulture, $"{member.State.Latency:0.#} ms");
}
