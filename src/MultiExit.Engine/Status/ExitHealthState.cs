namespace MultiExit.Engine.Status;

/// <summary>Whether an exit works, as far as its health check knows.</summary>
public enum ExitHealthState
{
    /// <summary>It has no health check; groups use it.</summary>
    NoCheck,

    /// <summary>It has a health check that has not found it up yet: none of its probes has succeeded, or, of a check without
    /// <c>target</c>, no dial; or it was down and is on trial. Groups use it meanwhile.</summary>
    Unknown,

    /// <summary>Its check has found it up; groups use it.</summary>
    Up,

    /// <summary>Groups pass over it.</summary>
    Down,
}
