namespace MultiExit.Engine.Status;

/// <summary>How far a version of a fleet's configuration is.</summary>
public enum RolloutState
{
    /// <summary>The canaries run it, the others do not yet.</summary>
    Canary,

    /// <summary>All nodes run it, and go back unless it is confirmed.</summary>
    Everywhere,

    /// <summary>It stays.</summary>
    Confirmed,

    /// <summary>All nodes are back at the version before.</summary>
    RolledBack,
}
