namespace MultiExit.Engine.Status;

/// <summary>What a check before a start found.</summary>
public enum PreflightStatus
{
    /// <summary>All is as it should be.</summary>
    Ok,

    /// <summary>The server runs, but something of it will not work well, or not for long.</summary>
    Warning,

    /// <summary>The server does not start, or a part of it does not work.</summary>
    Error,

    /// <summary>There was nothing to check, or it could not be looked at; the detail says which.</summary>
    Skipped,
}
