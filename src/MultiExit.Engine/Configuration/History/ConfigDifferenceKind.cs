namespace MultiExit.Engine.Configuration.History;

/// <summary>How a key differs.</summary>
public enum ConfigDifferenceKind
{
    /// <summary>Only the later configuration has it.</summary>
    Added,
    /// <summary>Only the earlier configuration has it.</summary>
    Removed,
    /// <summary>Both have it, with other values.</summary>
    Changed,
    /// <summary>Both name the same file, and its content is another than that in force.</summary>
    Content,
}
