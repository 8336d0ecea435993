using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>In turn, each as often as its weight says, and as evenly spread as that allows.</summary>
/// <remarks>Each turn gives every candidate its weight in credit; the richest serves and pays the sum of all. Over as many turns as
/// the weights add up to, everyone serves exactly its weight.</remarks>
internal sealed class Weighted : IStrategy
{
    private readonly Lock _lock = new();

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        lock (_lock)
        {
            int richest = Richest(candidates);
            long sum = 0;
            for (int i = 0; i < candidates.Count; i++)
            {
                int weight = candidates[i].Weight; // it may change meanwhile
                sum += weight;
                candidates[i].Credit += weight;
            }
            candidates[richest].Credit -= sum;
            return richest;
        }
    }

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        lock (_lock)
        {
            int richest = Richest(candidates);
            return new(richest, $"its turn, with the weight {candidates[richest].Weight}", static member => $"not its turn, with the weight {member.Weight}");
        }
    }

    // With the credit that the turn will give; among equals, the first.
    private static int Richest(IReadOnlyList<Member> candidates)
    {
        int richest = 0;
        for (int i = 1; i < candidates.Count; i++)
            if (WithCredit(candidates[i]) > WithCredit(candidates[richest])) richest = i;
        return richest;
    }

    private static long WithCredit(Member member) => member.Credit + member.Weight;
}
