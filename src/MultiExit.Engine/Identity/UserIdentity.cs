namespace MultiExit.Engine.Identity;

/// <summary>A client that has been recognized.</summary>
/// <param name="Name">The user.</param>
/// <param name="Login">How it was recognized: <c>password</c>, <c>key:laptop</c>, <c>token:ci</c>, <c>certificate:san</c> or
/// <c>network</c>.</param>
/// <param name="Groups">The groups of the user.</param>
internal sealed record UserIdentity(string Name, string Login, IReadOnlyList<string> Groups)
{
    /// <summary>What the client has chosen behind the user's name; null: nothing.</summary>
    public NameChoice? Choice { get; init; }
}
