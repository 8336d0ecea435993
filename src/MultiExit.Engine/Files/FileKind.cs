namespace MultiExit.Engine.Files;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>Nothing is there.</summary>
    None,
    /// <summary>Something is there, and the system does not say what it is.</summary>
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
