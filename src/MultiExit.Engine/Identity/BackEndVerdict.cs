namespace MultiExit.Engine.Identity;

/// <summary>What a back-end says to a login.</summary>
internal enum BackEndVerdict
{
    /// <summary>It knows the user, and the secret is right.</summary>
    Allowed,

    /// <summary>The user does not come in.</summary>
    Denied,

    /// <summary>It said nothing that could be used.</summary>
    Unavailable,
}
