namespace MultiExit.Engine.Identity;

/// <summary>A user that a back-end has let in.</summary>
/// <param name="User">What it said last.</param>
/// <param name="Login">How the user came in last, <c>password:ldap</c>.</param>
/// <param name="Inbounds">Where it has come in.</param>
/// <param name="LastLogin">When it came in last.</param>
internal sealed record KnownUser(BackEndUser User, string Login, IReadOnlyList<string> Inbounds, DateTimeOffset LastLogin)
{
    /// <summary>By what limits and quotas know it (<see cref="UserIdentity.Account"/>).</summary>
    public required string Account { get; init; }
}
