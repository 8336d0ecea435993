namespace MultiExit.Engine.Identity;

/// <summary>The answer of a back-end.</summary>
/// <param name="Verdict">What it says.</param>
/// <param name="User">The user that is let in; null with the others.</param>
/// <param name="Reason">Why there is no answer, or none that can be used, as a part of a sentence; null with the others.</param>
internal sealed record BackEndAnswer(BackEndVerdict Verdict, BackEndUser? User, string? Reason)
{
    /// <summary>The user does not come in.</summary>
    public static BackEndAnswer Denied { get; } = new(BackEndVerdict.Denied, null, null);

    /// <summary>A user comes in.</summary>
    public static BackEndAnswer Allowed(BackEndUser user) => new(BackEndVerdict.Allowed, user, null);

    /// <summary>There is an answer that cannot be used. It says nothing of other logins: the back-end is there.</summary>
    public static BackEndAnswer Unusable(string reason) => new(BackEndVerdict.Unusable, null, reason);

    /// <summary>There is no answer, as there would be none to any other login.</summary>
    public static BackEndAnswer Unavailable(string reason) => new(BackEndVerdict.Unavailable, null, reason);
}
