namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>any</c>: one of its sets of conditions holds.</summary>
internal sealed class AnyCondition(IReadOnlyList<Condition> parts) : Condition("any")
{
    private readonly Condition[] _parts = [.. parts];

    public override bool UsesAddresses => Array.Exists(_parts, part => part.UsesAddresses);

    public override Truth Test(in RouteMatch match)
    {
        Truth most = Truth.No;
        foreach (Condition part in _parts)
        {
            Truth truth = part.Test(match);
            if (truth == Truth.Yes) return Truth.Yes;
            if (truth > most) most = truth;
        }
        return most;
    }

    public override string Why(in RouteMatch match, Truth truth)
    {
        List<string> reasons = [];
        foreach (Condition part in _parts)
            if (part.Test(match) == truth) reasons.Add(part.Why(match, truth));
        return $"any: {(truth == Truth.Unknown ? reasons[0] : string.Join(" / ", reasons))}";
    }

    public override string? Hit(in RouteMatch match)
    {
        foreach (Condition part in _parts)
            if (part.Test(match) == Truth.Yes) return part.Hit(match);
        return null;
    }
}
