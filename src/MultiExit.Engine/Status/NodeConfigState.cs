namespace MultiExit.Engine.Status;

/// <summary>How a node stands to the configuration of its fleet.</summary>
public enum NodeConfigState
{
    /// <summary>It runs what the fleet asks of it; version 0 is the node's own file.</summary>
    Current,

    /// <summary>It is putting a version in force.</summary>
    Applying,

    /// <summary>It could not put the version in force, or went back from it.</summary>
    Failed,

    /// <summary>It runs a change of its own, made with <c>Set-MxConfig -Local</c>, or a version that the store does not have.</summary>
    Diverged,
}
