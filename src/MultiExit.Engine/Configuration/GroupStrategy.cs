namespace MultiExit.Engine.Configuration;

/// <summary>How a group chooses a member.</summary>
public enum GroupStrategy
{
    /// <summary>One after the other.</summary>
    RoundRobin,
}
