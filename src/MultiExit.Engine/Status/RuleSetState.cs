namespace MultiExit.Engine.Status;

/// <summary>Whether a rule set is what its file or URL says.</summary>
public enum RuleSetState
{
    /// <summary>It is what was there at the last look.</summary>
    Current,

    /// <summary>What is there now cannot be had or is not valid; the last good content is in force.</summary>
    Stale,

    /// <summary>It was never had: rules that depend on it do not match.</summary>
    Missing,
}
