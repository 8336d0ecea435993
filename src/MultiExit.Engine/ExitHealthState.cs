namespace MultiExit.Engine;

/// <summary>Whether an exit works, as far as its health check knows.</summary>
public enum ExitHealthState
{
    /// <summary>Nothing checks it; it counts as up.</summary>
    Unchecked,

    /// <summary>It is used.</summary>
    Up,

    /// <summary>Groups pass over it.</summary>
    Down,
}
