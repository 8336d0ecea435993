namespace MultiExit.Engine.Routing.Conditions;

/// <summary>Conditions that must all hold: those of a rule, and of a mapping within one.</summary>
internal sealed class AllCondition(string key, IReadOnlyList<Condition> parts) : Condition(key)
{
    private readonly Condition[] _parts = [.. parts];

    public IReadOnlyList<Condition> Parts => _parts;

    public override bool UsesAddresses => Array.Exists(_parts, part => part.UsesAddresses);

    public override Truth Test(in RouteMatch match)
    {
        Truth least = Truth.Yes;
        foreach (Condition part in _parts)
        {
            Truth truth = part.Test(match);
            if (truth == Truth.No) return Truth.No;
            if (truth < least) least = truth;
        }
        return least;
    }

    public override string Why(in RouteMatch match, Truth truth)
    {
        List<string> reasons = [];
        foreach (Condition part in _parts)
            if (part.Test(match) == truth) reasons.Add(part.Why(match, truth));
        // Of what is not known, the first thing to find out is enough.
        return truth == Truth.Unknown ? reasons[0] : string.Join("; ", reasons);
    }

    public override string? Hit(in RouteMatch match)
    {
        List<string> hits = [];
        foreach (Condition part in _parts)
            if (part.Hit(match) is { } hit) hits.Add(hit);
        return hits.Count == 0 ? null : string.Join("; ", hits);
    }
}
