namespace MultiExit.Engine.Status;

/// <summary>Which sessions are replayed.</summary>
public enum ReplaySource
{
    /// <summary>Those that have ended, out of the record store.</summary>
    Records,

    /// <summary>Those that are live.</summary>
    Live,
}
