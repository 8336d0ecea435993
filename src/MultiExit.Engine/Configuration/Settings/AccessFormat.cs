namespace MultiExit.Engine.Configuration.Settings;

/// <summary>How a session stands in the access log.</summary>
public enum AccessFormat
{
    /// <summary>A line of words, for people and <c>grep</c>.</summary>
    Text,
    /// <summary>A line of JSON with all fields of the record.</summary>
    Json,
}
