namespace MultiExit.Engine.Configuration.Editing;

/// <summary>What an edit does.</summary>
internal enum EditKind
{
    /// <summary>A value takes the place of another.</summary>
    Replace,
    /// <summary>A mapping or list gets one more element at its end.</summary>
    Add,
    /// <summary>An element goes.</summary>
    Remove,
}
