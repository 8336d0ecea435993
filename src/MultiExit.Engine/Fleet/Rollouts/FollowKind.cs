namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>What a node has to do for its fleet.</summary>
internal enum FollowKind
{
    /// <summary>Nothing.</summary>
    Stay,

    /// <summary>Put a version in force, for good.</summary>
    Apply,

    /// <summary>Put a version in force until it is confirmed.</summary>
    Try,

    /// <summary>Keep the version that waits.</summary>
    Confirm,

    /// <summary>Go back from the version that waits.</summary>
    Revert,
}
