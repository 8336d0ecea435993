using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>The member with the fewest live sessions and dials under way; among equals, in turn, and at a retry the next in
/// the group's order.</summary>
internal sealed class LeastConnections : IStrategy
{
    private uint _next = uint.MaxValue;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        Choose(candidates, attempt > 0 ? 0 : Interlocked.Increment(ref _next));

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        int index = Choose(candidates, attempt > 0 ? 0 : unchecked(Volatile.Read(ref _next) + 1));
        int fewest = candidates[index].Load;
        return new(index, $"the fewest live sessions and dials: {fewest}", member => member.Load == fewest
            ? "as many live sessions and dials, not its turn"
            : $"more live sessions and dials: {member.Load}");
    }

    private static int Choose(IReadOnlyList<Member> candidates, uint turn)
    {
        int start = (int)(turn % (uint)candidates.Count);
        int best = start;
        int load = int.MaxValue;
        for (int i = 0; i < candidates.Count; i++)
        {
            int index = (start + i) % candidates.Count;
            int other = candidates[index].Load;
            if (other >= load) continue;
            best = index;
            load = other;
        }
        return best;
    }
}
