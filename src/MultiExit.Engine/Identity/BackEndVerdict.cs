namespace MultiExit.Engine.Identity;

/// <summary>What a back-end says to a login.</summary>
internal enum BackEndVerdict
{
    /// <summary>It knows the user, and the secret is right.</summary>
    Allowed,

    /// <summary>The user does not come in.</summary>
    Denied,

    /// <summary>It said nothing: there is no connection, no answer in time, or it says itself that it cannot answer now.</summary>
    Unavailable,

    /// <summary>It answers, but nothing that can be used for this login.</summary>
    Unusable,
}
