namespace MultiExit.Engine.Files;

/// <summary>What was found in the place of a record.</summary>
internal enum CheckedState
{
    /// <summary>There is no file.</summary>
    None,
    /// <summary>The record.</summary>
    Sound,
    /// <summary>The file is damaged; its copy is the record.</summary>
    FromCopy,
    /// <summary>The file is damaged or something else, and there is no copy that is sound.</summary>
    Damaged,
}
