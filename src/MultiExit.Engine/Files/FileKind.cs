namespace MultiExit.Engine.Files;

/// <summary>The kind of file that a path leads to.</summary>
internal enum FileKind
{
    /// <summary>Nothing is there.</summary>
    None,
    /// <summary>A file of a kind that the system does not report.</summary>
    Unknown,
    /// <summary>A file with content of its own.</summary>
    Regular,
    /// <summary>A folder.</summary>
    Folder,
    /// <summary>A symbolic link, where links are not followed.</summary>
    Link,
    /// <summary>A pipe, with or without a name.</summary>
    Pipe,
    /// <summary>A Unix socket.</summary>
    LocalSocket,
    /// <summary>A device.</summary>
    Device,
}
