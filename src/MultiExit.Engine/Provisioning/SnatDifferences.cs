namespace MultiExit.Engine.Provisioning;

/// <summary>Compares the system with a plan.</summary>
internal static class SnatDifferences
{
    public static IReadOnlyList<string> Find(SnatPlan plan, SystemState state, ICommandRunner system)
    {
        List<string> found = [];
        if (SnatCollisions.Find(plan, state) is { } collision) found.Add(collision);
        foreach (string device in plan.Exits.Select(exit => exit.Interface).Distinct(StringComparer.Ordinal))
            if (system.ReadSetting(SnatPlan.FilterFile(device)) is null) found.Add($"the interface {device} is not on this host");
        foreach (string device in plan.LooseInterfaces)
            if (system.ReadSetting(SnatPlan.FilterFile(device)) is { } value && value != SnatPlan.Loose)
                found.Add($"rp_filter of {device} is {value}, expected {SnatPlan.Loose}");
        Compare(found, "rule", plan.Rules, state.Rules);
        Compare(found, "route", plan.Routes, state.Routes);
        if (state.Nft is null) found.Add($"missing: the nftables table inet {NftRuleset.Table}");
        else if (!Matches(plan, state)) found.Add($"the nftables table inet {NftRuleset.Table} is not the planned one");
        return found;
    }

    /// <summary>Whether our table is the planned one.</summary>
    public static bool Matches(SnatPlan plan, SystemState state) =>
        state.Nft is { } table && table.Rules.SequenceEqual(NftState.Expected(plan), StringComparer.Ordinal);

    private static void Compare<T>(List<string> found, string what, IReadOnlyList<T> expected, IEnumerable<T> present)
    {
        List<T> there = [.. present];
        found.AddRange(expected.Where(item => !there.Contains(item)).Select(item => $"missing {what}: {item}"));
        found.AddRange(there.Where(item => !expected.Contains(item)).Select(item => $"not in the plan, but there, {what}: {item}"));
    }
}
