using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>By the SHA-256 of the destination's host: the same host, whatever the port, always leaves through the same member.</summary>
internal sealed class DestinationBased(BindingUnit unit) : IStrategy
{
    public bool IsByDestination => true;

    public BindingUnit? Binds => unit;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        Rendezvous.Choose(candidates, BindingKey.Of(unit, context) + "\n" + destination?.Host);

    public bool IsForeseeable(DialContext context, bool clientKnown) => BindingKey.IsKnown(unit, context, clientKnown);

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        string what = unit == BindingUnit.Connection ? "the destination's host" : $"the destination's host and the {unit.ToString().ToLowerInvariant()}";
        return new(Choose(candidates, destination, context, attempt), $"the hash of {what} leads to it", _ => $"the hash of {what} leads elsewhere");
    }
}
