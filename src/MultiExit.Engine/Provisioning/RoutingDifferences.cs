namespace MultiExit.Engine.Provisioning;

/// <summary>Compares rules and routes with those of a plan.</summary>
internal static class RoutingDifferences
{
    /// <summary>Finds the differences.</summary>
    /// <param name="rules">The rules of the plan.</param>
    /// <param name="routes">Its routes.</param>
    /// <param name="presentRules">MultiExit's rules on the system.</param>
    /// <param name="presentRoutes">Its routes there.</param>
    /// <param name="needRule">Who needs the rule with an index of the plan.</param>
    /// <param name="needRoute">Who needs the route with an index of the plan.</param>
    public static IEnumerable<SetupDifference> Find(
        IReadOnlyList<PolicyRule> rules, IReadOnlyList<PolicyRoute> routes, IEnumerable<PolicyRule> presentRules, IEnumerable<PolicyRoute> presentRoutes,
        Func<int, IReadOnlyList<string>> needRule, Func<int, IReadOnlyList<string>> needRoute) =>
    [
        .. Find(SetupDifferenceKind.Rule, "rule", rules, presentRules, needRule),
        .. Find(SetupDifferenceKind.Route, "route", routes, presentRoutes, needRoute),
    ];

    private static IEnumerable<SetupDifference> Find<T>(
        SetupDifferenceKind kind, string what, IReadOnlyList<T> expected, IEnumerable<T> present, Func<int, IReadOnlyList<string>> need)
    {
        List<T> there = [.. present];
        return
        [
            .. from i in Enumerable.Range(0, expected.Count)
               where !there.Contains(expected[i])
               let names = need(i)
               from name in names
               select new SetupDifference(name, kind, $"missing {what}: {expected[i]}{(names.Count > 1 ? $", which {name} needs" : "")}"),
            .. there.Where(item => !expected.Contains(item)).Select(item => new SetupDifference(null, kind, $"not in the plan, but there, {what}: {item}")),
        ];
    }
}
