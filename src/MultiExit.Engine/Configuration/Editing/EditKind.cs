namespace MultiExit.Engine.Configuration.Editing;

/// <summary>What an edit does.</summary>
internal enum EditKind
{
    /// <summary>A value replaces another.</summary>
    Replace,
    /// <summary>A mapping or list gets one more element at its end.</summary>
    Add,
    /// <summary>An element is removed.</summary>
    Remove,
}
