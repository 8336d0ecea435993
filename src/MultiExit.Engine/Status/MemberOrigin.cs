namespace MultiExit.Engine.Status;

/// <summary>How an exit became a member of a group at run time.</summary>
public enum MemberOrigin
{
    /// <summary>Somebody has published it.</summary>
    Published,

    /// <summary>The list of its group has it.</summary>
    List,
}
