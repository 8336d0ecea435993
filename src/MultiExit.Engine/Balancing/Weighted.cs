using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>In turn, each as often as its weight says, and as evenly spread as that allows.</summary>
/// <remarks>Each turn gives every candidate its weight in credit; the richest serves and pays the sum of all. Over as many turns as
/// the weights add up to, everyone serves exactly its weight.</remarks>
internal sealed class Weighted(int memberCount) : IStrategy
{
    private readonly Lock _lock = new();
    private readonly long[] _credit = new long[memberCount];

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        lock (_lock)
        {
            int richest = 0;
            long sum = 0;
            for (int i = 0; i < candidates.Count; i++)
            {
                Member candidate = candidates[i];
                sum += candidate.Weight;
                _credit[candidate.Index] += candidate.Weight;
                if (_credit[candidate.Index] > _credit[candidates[richest].Index]) richest = i;
            }
            _credit[candidates[richest].Index] -= sum;
            return richest;
        }
    }
}
