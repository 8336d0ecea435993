namespace MultiExit.Engine.Files;

/// <summary>The state of a record on disk.</summary>
internal enum CheckedState
{
    /// <summary>There is no file.</summary>
    None,
    /// <summary>The file holds a sound record.</summary>
    Sound,
    /// <summary>The file is damaged; the record comes from its copy.</summary>
    FromCopy,
    /// <summary>The file is damaged or something else, and there is no copy that is sound.</summary>
    Damaged,
}
