namespace MultiExit.Engine.Provisioning;

/// <summary>Compares rules and routes with those of a plan.</summary>
internal static class RoutingDifferences
{
    /// <summary>Finds the differences.</summary>
    /// <param name="rules">The rules of the plan.</param>
    /// <param name="routes">Its routes.</param>
    /// <param name="presentRules">MultiExit's rules on the system.</param>
    /// <param name="presentRoutes">Its routes there.</param>
    /// <param name="nameOf">Who needs the rule or route with an index of the plan; null: nobody alone.</param>
    public static IEnumerable<SetupDifference> Find(
        IReadOnlyList<PolicyRule> rules, IReadOnlyList<PolicyRoute> routes, IEnumerable<PolicyRule> presentRules, IEnumerable<PolicyRoute> presentRoutes,
        Func<int, string?> nameOf) =>
        [.. Find(SetupDifferenceKind.Rule, "rule", rules, presentRules, nameOf), .. Find(SetupDifferenceKind.Route, "route", routes, presentRoutes, nameOf)];

    private static IEnumerable<SetupDifference> Find<T>(
        SetupDifferenceKind kind, string what, IReadOnlyList<T> expected, IEnumerable<T> present, Func<int, string?> nameOf)
    {
        List<T> there = [.. present];
        return
        [
            .. Enumerable.Range(0, expected.Count).Where(i => !there.Contains(expected[i]))
                .Select(i => new SetupDifference(nameOf(i), kind, $"missing {what}: {expected[i]}")),
            .. there.Where(item => !expected.Contains(item)).Select(item => new SetupDifference(null, kind, $"not in the plan, but there, {what}: {item}")),
        ];
    }
}
