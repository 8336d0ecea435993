using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>Compares the system with a plan.</summary>
internal static class SnatDifferences
{
    private static readonly Dictionary<string, string> NoFilters = new(StringComparer.Ordinal);

    public static IReadOnlyList<SnatDifference> Find(SnatPlan plan, SystemState state, ICommandRunner system)
    {
        List<SnatDifference> found = [];
        if (SnatCollisions.Find(plan, state, system) is { } collision) found.Add(collision);
        foreach ((SnatExit exit, OtherNat other) in state.Nat?.Overtaking(plan, system) ?? [])
            if (SnatCollisions.Overtaken(exit, other) is var overtaken && !found.Contains(overtaken)) found.Add(overtaken);
        foreach (SnatExit exit in plan.Exits)
            if (system.ReadSetting(SnatPlan.FilterFile(exit.Interface)) is null)
                found.Add(new(exit.Name, SnatDifferenceKind.Interface, $"the interface {exit.Interface} of the exit {exit.Name} is not on this host"));
        foreach (string device in plan.LooseInterfaces)
            if (system.ReadSetting(SnatPlan.FilterFile(device)) is { } value && value != SnatPlan.Loose)
                found.Add(new(null, SnatDifferenceKind.Setting, $"rp_filter of {device} is {value}, expected {SnatPlan.Loose}"));
        Compare(found, SnatDifferenceKind.Rule, plan, plan.Rules, state.Rules);
        Compare(found, SnatDifferenceKind.Route, plan, plan.Routes, state.Routes);
        found.AddRange(OfFirewall(plan, state));
        return found;
    }

    private static IEnumerable<SnatDifference> OfFirewall(SnatPlan plan, SystemState state)
    {
        string place = state.Firewall.Place;
        if (state.Nat is not { } nat) return plan.Exits.Select(exit => Of(exit.Name, $"missing: {place}, which the exit {exit.Name} needs"));
        SnatExit[] lacking = [.. plan.Exits.Where(exit => state.Firewall.Expected(plan with { Exits = [exit] }, NoFilters)
            .Except(nat.Lines, StringComparer.Ordinal).Any())];
        if (lacking.Length > 0) return lacking.Select(exit => Of(exit.Name, $"{place} does not have what the exit {exit.Name} needs"));
        bool same = nat.Lines.SequenceEqual(state.Firewall.Expected(plan, nat.Filters), StringComparer.Ordinal)
            && plan.LooseInterfaces.ToHashSet(StringComparer.Ordinal).SetEquals(nat.Filters.Keys);
        return same ? [] : [Of(null, $"{place} has something that is not in the plan")];

        static SnatDifference Of(string? exit, string message) => new(exit, SnatDifferenceKind.Firewall, message);
    }

    // The item number i belongs to the exit number i.
    private static void Compare<T>(List<SnatDifference> found, SnatDifferenceKind kind, SnatPlan plan, IReadOnlyList<T> expected, IEnumerable<T> present)
    {
        List<T> there = [.. present];
        string what = kind == SnatDifferenceKind.Rule ? "rule" : "route";
        for (int i = 0; i < expected.Count; i++)
            if (!there.Contains(expected[i])) found.Add(new(plan.Exits[i].Name, kind, $"missing {what}: {expected[i]}"));
        found.AddRange(there.Where(item => !expected.Contains(item)).Select(item => new SnatDifference(
            null, kind, $"not in the plan, but there, {what}: {item}")));
    }
}
