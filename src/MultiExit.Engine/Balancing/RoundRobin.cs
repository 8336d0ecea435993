using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>One member after the other, whatever the request; a retry goes to the next in the group's order.</summary>
internal sealed class RoundRobin : IStrategy
{
    private uint _next = uint.MaxValue;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        attempt > 0 ? 0 : (int)(Interlocked.Increment(ref _next) % (uint)candidates.Count);
}
