using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>The first in the group's order that may be used.</summary>
internal sealed class Failover : IStrategy
{
    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) => 0;

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        new(0, attempt > 0 ? "follows the member that failed" : "the first that may be used", static _ => "comes later in the group's order");
}
