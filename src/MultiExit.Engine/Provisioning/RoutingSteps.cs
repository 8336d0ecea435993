namespace MultiExit.Engine.Provisioning;

/// <summary>The steps from the present rules and routes of MultiExit to the wanted ones.</summary>
internal static class RoutingSteps
{
    /// <summary>From what is there to a plan.</summary>
    public static IEnumerable<SetupStep> ToApply(
        IReadOnlyList<PolicyRule> rules, IReadOnlyList<PolicyRoute> routes, IEnumerable<PolicyRule> presentRules, IEnumerable<PolicyRoute> presentRoutes,
        ICommandRunner system)
    {
        List<PolicyRule> oldRules = [.. presentRules];
        List<PolicyRoute> oldRoutes = [.. presentRoutes];
        return
        [
            .. Surplus(oldRules, rules).Select(rule => IpStep(rule.Delete, rule.Add, system)),
            .. Surplus(oldRoutes, routes).Select(route => IpStep(route.Delete, route.Add, system)),
            // A route before the rule that leads to it: no packet meets an empty table.
            .. routes.Except(oldRoutes).Select(route => IpStep(route.Add, route.Delete, system)),
            .. rules.Except(oldRules).Select(rule => IpStep(rule.Add, rule.Delete, system)),
        ];
    }

    /// <summary>What a plan needs beside what is there; what only the present set-up needs stays until <see cref="ToTidy"/>.</summary>
    public static IEnumerable<SetupStep> ToExtend(
        IReadOnlyList<PolicyRule> rules, IReadOnlyList<PolicyRoute> routes, IEnumerable<PolicyRule> presentRules, IEnumerable<PolicyRoute> presentRoutes,
        ICommandRunner system)
    {
        List<PolicyRoute> oldRoutes = [.. presentRoutes];
        return
        [
            .. oldRoutes.Where(route => IsInTheWay(route, routes)).Select(route => IpStep(route.Delete, route.Add, system)),
            // A route before the rule that leads to it: no packet meets an empty table.
            .. routes.Except(oldRoutes).Select(route => IpStep(route.Add, route.Delete, system)),
            .. rules.Except(presentRules).Select(rule => IpStep(rule.Add, rule.Delete, system)),
        ];
    }

    /// <summary>Removes what a plan that is in force has no use for.</summary>
    public static IEnumerable<SetupStep> ToTidy(
        IReadOnlyList<PolicyRule> rules, IReadOnlyList<PolicyRoute> routes, IEnumerable<PolicyRule> presentRules, IEnumerable<PolicyRoute> presentRoutes,
        ICommandRunner system) => ToRemove(
            Surplus([.. presentRules], rules), Surplus([.. presentRoutes], routes).Where(route => !IsInTheWay(route, routes)), system);

    /// <summary>From what is there to nothing.</summary>
    public static IEnumerable<SetupStep> ToRemove(IEnumerable<PolicyRule> rules, IEnumerable<PolicyRoute> routes, ICommandRunner system) =>
        [.. rules.Select(rule => IpStep(rule.Delete, rule.Add, system)), .. routes.Select(route => IpStep(route.Delete, route.Add, system))];

    private static IEnumerable<T> Surplus<T>(List<T> present, IReadOnlyList<T> planned)
    {
        HashSet<T> seen = [];
        return present.Where(item => !planned.Contains(item) || !seen.Add(item));
    }

    // A table has one default route: another one has to go before that of the plan can come.
    private static bool IsInTheWay(PolicyRoute route, IReadOnlyList<PolicyRoute> planned) =>
        !planned.Contains(route) && planned.Any(other => (other.IsIpv6, other.Table) == (route.IsIpv6, route.Table));

    private static SetupStep IpStep(string[] change, string[] opposite, ICommandRunner system) => new(
        $"ip {string.Join(' ', change)}",
        token => system.DemandAsync("ip", change, null, token), token => system.DemandAsync("ip", opposite, null, token));
}
