using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Provisioning;

/// <summary>Compares the system with a plan.</summary>
internal static class SnatDifferences
{
    private static readonly Dictionary<string, string> NoFilters = new(StringComparer.Ordinal);

    public static IReadOnlyList<SetupDifference> Find(SnatPlan plan, SystemState state, ICommandRunner system)
    {
        List<SetupDifference> found = [];
        if (SnatCollisions.Find(plan, state, system) is { } collision) found.Add(collision);
        foreach ((SnatExit exit, OtherNat other) in state.Nat?.Overtaking(plan, system) ?? [])
            if (SnatCollisions.Overtaken(exit, other) is var overtaken && !found.Contains(overtaken)) found.Add(overtaken);
        foreach (SnatExit exit in plan.Exits)
            if (system.ReadSetting(SnatPlan.FilterFile(exit.Interface)) is null)
                found.Add(new(exit.Name, SetupDifferenceKind.Interface, $"the interface {exit.Interface} of the exit {exit.Name} is not on this host"));
        foreach (string device in plan.LooseInterfaces)
            if (system.ReadSetting(SnatPlan.FilterFile(device)) is { } value && value != SnatPlan.Loose)
                found.Add(new(null, SetupDifferenceKind.Setting, $"rp_filter of {device} is {value}, expected {SnatPlan.Loose}"));
        // The item number i belongs to the exit number i.
        found.AddRange(RoutingDifferences.Find(plan.Rules, plan.Routes, state.Rules, state.Routes, NameOf, NameOf));
        found.AddRange(OfFirewall(plan, state));
        return found;

        IReadOnlyList<string> NameOf(int i) => [plan.Exits[i].Name];
    }

    private static IEnumerable<SetupDifference> OfFirewall(SnatPlan plan, SystemState state)
    {
        string place = state.Firewall.Place;
        if (state.Nat is not { } nat) return plan.Exits.Select(exit => Of(exit.Name, $"missing: {place}, which the exit {exit.Name} needs"));
        SnatExit[] lacking = [.. plan.Exits.Where(exit => state.Firewall.Expected(plan with { Exits = [exit] }, NoFilters)
            .Except(nat.Lines, StringComparer.Ordinal).Any())];
        if (lacking.Length > 0) return lacking.Select(exit => Of(exit.Name, $"{place} does not have what the exit {exit.Name} needs"));
        bool same = nat.Lines.SequenceEqual(state.Firewall.Expected(plan, nat.Filters), StringComparer.Ordinal)
            && plan.LooseInterfaces.ToHashSet(StringComparer.Ordinal).SetEquals(nat.Filters.Keys);
        return same ? [] : [Of(null, $"{place} has something that is not in the plan")];

        static SetupDifference Of(string? exit, string message) => new(exit, SetupDifferenceKind.Firewall, message);
    }
}
