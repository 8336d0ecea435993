namespace MultiExit.Engine.Configuration.Groups;

/// <summary>Which exit is checked how: by its own <c>health</c>, or else by that of the groups that it is a member of.</summary>
internal static class HealthChecks
{
    /// <summary>The check of members that come to a group at run time: that of the group, or else of the first one around it that has one.</summary>
    public static HealthConfig? OfMembers(GatewayConfig config, GroupConfig group) => group.Health
        ?? config.Groups.Where(outer => outer.Exits.Contains(group.Name, StringComparer.Ordinal)).Select(outer => OfMembers(config, outer))
            .FirstOrDefault(health => health is not null);

    /// <summary>The checks by the exits' names.</summary>
    /// <param name="config">The configuration; its groups do not lead back to themselves.</param>
    /// <param name="conflict">A group whose <c>health</c> would check an exit that another group checks with other settings, and the error to
    /// report; null when there is none.</param>
    public static IReadOnlyDictionary<string, HealthConfig> Of(GatewayConfig config, out (string Group, string Message)? conflict)
    {
        Dictionary<string, GroupConfig> groups = config.Groups.ToDictionary(group => group.Name, StringComparer.Ordinal);
        Dictionary<string, HealthConfig> checks = config.Exits.Where(exit => exit.Health is not null)
            .ToDictionary(exit => exit.Name, exit => exit.Health!, StringComparer.Ordinal);
        HashSet<string> own = [.. checks.Keys];
        (string Group, string Message)? found = null;
        foreach (GroupConfig group in config.Groups)
            if (group.Health is { } health) Assign(group, health, group.Name);
        conflict = found;
        return checks;

        void Assign(GroupConfig group, HealthConfig health, string origin)
        {
            foreach (string member in group.Exits)
            {
                if (groups.TryGetValue(member, out GroupConfig? inner))
                {
                    if (inner.Health is null) Assign(inner, health, origin);
                }
                else if (!own.Contains(member) && member != "block" && !checks.TryAdd(member, health) && checks[member] != health)
                {
                    found ??= (origin,
                        $"the exit {member} is a member of another group that checks it with other settings; "
                        + "expected the same in both, or a `health` of the exit's own");
                }
            }
        }
    }
}
