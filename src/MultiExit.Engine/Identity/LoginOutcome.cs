namespace MultiExit.Engine.Identity;

/// <summary>What a login has come to. A client sees the first, or that it was not the first.</summary>
internal enum LoginOutcome
{
    /// <summary>The client is a user.</summary>
    Ok,

    /// <summary>No user is known by that, or the secret is wrong.</summary>
    Wrong,

    /// <summary>The secret is right, and the user is disabled.</summary>
    Disabled,

    /// <summary>The secret is right, and the user has expired.</summary>
    Expired,

    /// <summary>The certificate is that of several users.</summary>
    Ambiguous,

    /// <summary>The secret is right, and the certificate beside it is that of another user.</summary>
    Contradicted,

    /// <summary>The back-end's answer to this login cannot be used. Nothing is known of the secret, so that it does not count as a wrong one.</summary>
    Unusable,
}
