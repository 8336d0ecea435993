namespace MultiExit.Engine.Configuration.History;

/// <summary>What became of a version.</summary>
public enum ConfigOutcome
{
    /// <summary>It was put in force for good.</summary>
    Applied,
    /// <summary>It is in force and waits for its confirmation.</summary>
    Unconfirmed,
    /// <summary>It was confirmed.</summary>
    Confirmed,
    /// <summary>It was not confirmed in time, or its probe failed: the one before took its place.</summary>
    Reverted,
}
