namespace MultiExit.Engine.Identity;

/// <summary>The answer to a login.</summary>
/// <param name="Outcome">What it has come to.</param>
/// <param name="Identity">The user; also one that may not come in. Null with <see cref="LoginOutcome.Wrong"/> and
/// <see cref="LoginOutcome.Unusable"/>.</param>
internal readonly record struct LoginResult(LoginOutcome Outcome, UserIdentity? Identity)
{
    /// <summary>Why the answer of the back-end cannot be used; null in all other cases.</summary>
    public string? Fault { get; private init; }

    /// <summary>Nobody is known by that.</summary>
    public static LoginResult Wrong => new(LoginOutcome.Wrong, null);

    /// <summary>The back-end's answer cannot be used.</summary>
    public static LoginResult Unusable(string fault) => new(LoginOutcome.Unusable, null) { Fault = fault };

    /// <summary>Whether the client may come in.</summary>
    public bool IsOk => Outcome == LoginOutcome.Ok;

    /// <summary>Why a user with the right secret may not come in, for the log; null in all other cases.</summary>
    public string? Reason => Outcome switch
    {
        LoginOutcome.Disabled => "is disabled",
        LoginOutcome.Expired => "has expired",
        LoginOutcome.Ambiguous => "is not the only one whose certificate it is",
        LoginOutcome.Contradicted => "is not the one that it logs in as",
        _ => null,
    };
}
