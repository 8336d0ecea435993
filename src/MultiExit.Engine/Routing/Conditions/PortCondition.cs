using MultiExit.Engine.Configuration.Groups;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>ports</c>: the destination's port is in one of the ranges.</summary>
internal sealed class PortCondition(IEnumerable<PortRange> ports) : Condition("ports")
{
    private readonly PortRange[] _ports = [.. ports];

    public override Truth Test(in RouteMatch match)
    {
        if (match.Lacks(Unknowns.Destination)) return Truth.Unknown;
        foreach (PortRange range in _ports)
            if (range.Contains(match.Destination.Port)) return Truth.Yes;
        return Truth.No;
    }

    public override string Why(in RouteMatch match, Truth truth) => $"ports: the port is {match.Destination.Port}";
}
