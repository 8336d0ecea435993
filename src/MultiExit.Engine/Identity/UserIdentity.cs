namespace MultiExit.Engine.Identity;

/// <summary>A client that has been recognized.</summary>
/// <param name="Name">The user.</param>
/// <param name="Login">How it was recognized: <c>password</c>, <c>key:laptop</c>, <c>token:ci</c>, <c>certificate:san</c> or
/// <c>network</c>; <c>password:ldap</c> where a back-end knows it.</param>
/// <param name="Groups">The groups of the user.</param>
internal sealed record UserIdentity(string Name, string Login, IReadOnlyList<string> Groups)
{
    /// <summary>By what limits and quotas know it: users of the same name that are known at two places are two. A user of the configuration, and one of the
    /// back-end at the top level, have their name alone.</summary>
    public string Account { get => field ?? Name; init; }

    /// <summary>What a back-end says of it; null: it is a user of the configuration.</summary>
    public BackEndUser? BackEndUser { get; init; }

    /// <summary>That back-end.</summary>
    public IUserSource? Source { get; init; }

    /// <summary>The key of the credential that a back-end knows it by, which says nothing of the credential; null as before.</summary>
    public string? Credential { get; init; }

    /// <summary>What the client has chosen behind the user's name; null: nothing.</summary>
    public NameChoice? Choice { get; init; }
}
