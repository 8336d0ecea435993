using System.Collections.Frozen;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>groups</c>: the authenticated user is in one of them.</summary>
internal sealed class GroupCondition(IEnumerable<string> groups) : Condition("groups")
{
    private readonly FrozenSet<string> _groups = groups.ToFrozenSet(StringComparer.Ordinal);

    public override Truth Test(in RouteMatch match)
    {
        if (match.Lacks(Unknowns.User | Unknowns.Groups)) return Truth.Unknown;
        IReadOnlyList<string> ofUser = match.Request.Groups;
        for (int i = 0; i < ofUser.Count; i++)
            if (_groups.Contains(ofUser[i])) return Truth.Yes;
        return Truth.No;
    }

    public override string Why(in RouteMatch match, Truth truth) => truth == Truth.Unknown && match.Lacks(Unknowns.Groups)
        ? $"groups: the back-end knows the groups of {match.Request.User}, and is not asked without a login"
        : truth == Truth.Unknown
        ? "groups: clients log in here, and the user is not known; name it to know"
        : match.Request.User is not { } user ? "groups: there is no user"
        : match.Request.Groups.Count == 0 ? $"groups: {user} is in none" : $"groups: {user} is in {string.Join(", ", match.Request.Groups)}";
}
