using System.Collections.Frozen;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary><c>users</c>: the authenticated user is one of them.</summary>
internal sealed class UserCondition(IEnumerable<string> users) : Condition("users")
{
    private readonly FrozenSet<string> _users = users.ToFrozenSet(StringComparer.Ordinal);

    public override Truth Test(in RouteMatch match) =>
        match.Lacks(Unknowns.User) ? Truth.Unknown : Of(match.Request.User is { } user && _users.Contains(user));

    public override string Why(in RouteMatch match, Truth truth) => truth == Truth.Unknown
        ? "users: clients log in here, and the user is not known; name it to know"
        : match.Request.User is { } user ? $"users: the user is {user}" : "users: there is no user";
}
