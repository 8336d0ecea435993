using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>One member after the other, whatever the request.</summary>
internal sealed class RoundRobin : IStrategy
{
    private uint _next = uint.MaxValue;

    public int First(IReadOnlyList<IExit> members, Destination? destination, DialContext context) =>
        (int)(Interlocked.Increment(ref _next) % (uint)members.Count);
}
