using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>One member after the other, whatever the request; a retry goes to the next in the group's order.</summary>
internal sealed class RoundRobin : IStrategy
{
    private uint _next = uint.MaxValue;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        attempt > 0 ? 0 : Turn(Interlocked.Increment(ref _next), candidates);

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        attempt > 0
            ? new(0, "follows the member that failed", static _ => "comes after it")
            : new(Turn(unchecked(Volatile.Read(ref _next) + 1), candidates), "its turn", static _ => "not its turn");

    private static int Turn(uint turn, IReadOnlyList<Member> candidates) => (int)(turn % (uint)candidates.Count);
}
