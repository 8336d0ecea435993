using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>Any member, each as likely as the other.</summary>
/// <param name="random">Where chance comes from; it must be safe for several threads, as <see cref="Random.Shared"/> is.</param>
internal sealed class RandomChoice(Random random) : IStrategy
{
    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        random.Next(candidates.Count);

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        candidates.Count == 1 ? new(0, "the only one left", static _ => "") : new(null, "drawn by chance", static _ => "");
}
