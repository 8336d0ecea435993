using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
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
            int index = OfRange(candidates, RangeOf(destination));
            if (index >= 0) return index;
        }
        return _rest.Choose(candidates, destination, context, attempt);
    }

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        if (destination is null || attempt > 0) return _rest.Preview(candidates, destination, context, attempt);
        PortRangeConfig? range = RangeOf(destination);
        int index = OfRange(candidates, range);
        if (index >= 0) return new(index, $"port {destination.Port} is in its range {range!.Ports}", _ => $"port {destination.Port} is in another's range");
        Preview rest = _rest.Preview(candidates, destination, context, attempt);
        string why = range is null ? $"port {destination.Port} is in no range" : $"{range.Exit}, whose range {range.Ports} holds the port, may not be used";
        return rest with { Reason = $"{why}: {rest.Reason}" };
    }

    private PortRangeConfig? RangeOf(Destination destination)
    {
        for (int i = 0; i < ranges.Count; i++)
            if (ranges[i].Ports.Contains(destination.Port)) return ranges[i];
        return null;
    }

    private static int OfRange(IReadOnlyList<Member> candidates, PortRangeConfig? range)
    {
        if (range is null) return -1;
        for (int i = 0; i < candidates.Count; i++)
            if (candidates[i].Exit.Name == range.Exit) return i;
        return -1;
    }
}
