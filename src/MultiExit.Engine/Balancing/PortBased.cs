using MultiExit.Engine.Configuration;
using MultiExit.Engine.Exits;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>By the destination's port: the first range that holds it names the member. Ports outside every range, and those whose
/// member may not be used, are taken by all in turn.</summary>
internal sealed class PortBased(IReadOnlyList<PortRangeConfig> ranges) : IStrategy
{
    private readonly RoundRobin _rest = new();

    public bool IsByDestination => true;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        if (destination is not null && attempt == 0)
        {
            for (int i = 0; i < ranges.Count; i++)
            {
                if (!ranges[i].Ports.Contains(destination.Port)) continue;
                for (int member = 0; member < candidates.Count; member++)
                    if (candidates[member].Exit.Name == ranges[i].Exit) return member;
                break;
            }
        }
        return _rest.Choose(candidates, destination, context, attempt);
    }
}
