namespace MultiExit.Engine.Configuration.Auth;

/// <summary>What counts while a back-end does not answer.</summary>
public enum OutageRule
{
    /// <summary>Nobody of it comes in.</summary>
    Deny,

    /// <summary>Its last good answer to the very same question counts, for an hour at most.</summary>
    Cached,
}
