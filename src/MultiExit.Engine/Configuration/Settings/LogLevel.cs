namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Levels of the log.</summary>
public enum LogLevel
{
    /// <summary>Every step of every connection.</summary>
    Debug,
    /// <summary>Start, stop, reload.</summary>
    Info,
    /// <summary>Peers that misbehave, exits that fail.</summary>
    Warning,
    /// <summary>What needs an operator.</summary>
    Error,
}
