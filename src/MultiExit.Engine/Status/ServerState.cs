namespace MultiExit.Engine.Status;

/// <summary>The life of a server.</summary>
public enum ServerState
{
    /// <summary>It accepts connections.</summary>
    Running,
    /// <summary>It accepts none and waits for live sessions.</summary>
    Draining,
    /// <summary>It has ended.</summary>
    Stopped,
}
