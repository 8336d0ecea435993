using System.Collections.Frozen;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>inbounds</c>: the request came in through one of them.</summary>
internal sealed class InboundCondition(IEnumerable<string> inbounds) : Condition("inbounds")
{
    private readonly FrozenSet<string> _inbounds = inbounds.ToFrozenSet(StringComparer.Ordinal);

    public override Truth Test(in RouteMatch match) => Of(_inbounds.Contains(match.Request.Inbound));

    public override string Why(in RouteMatch match, Truth truth) => $"inbounds: it came in through {match.Request.Inbound}";
}
