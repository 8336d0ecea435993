namespace MultiExit.Engine.Configuration.Exits;

/// <summary>What happens to the live sessions of an exit that goes down.</summary>
public enum OnDown
{
    /// <summary>They go on.</summary>
    Keep,

    /// <summary>They are ended.</summary>
    Cut,
}
