namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Whether a user may go on.</summary>
internal enum QuotaState
{
    /// <summary>It may.</summary>
    Left,

    /// <summary>The month is used up.</summary>
    UsedUp,

    /// <summary>What is left cannot be asked for, and what this node may let pass without asking is used up.</summary>
    Unknown,
}
