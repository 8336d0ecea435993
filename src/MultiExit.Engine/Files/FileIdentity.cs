namespace MultiExit.Engine.Files;

/// <summary>Which file it is, whatever its name: the same file has the same identity for as long as it exists.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Device">The file system.</param>
/// <param name="Number">The inode in it.</param>
internal readonly record struct FileIdentity(FileKind Kind, ulong Device, ulong Number)
{
    /// <summary>Looks at a path; a link at its end is not followed.</summary>
    public static FileIdentity Of(string path) => Look(path, followLinks: false);

    /// <summary>Looks at the file that a path leads to.</summary>
    public static FileIdentity Behind(string path) => Look(path, followLinks: true);

    private static FileIdentity Look(string path, bool followLinks)
    {
        if (OperatingSystem.IsLinux() && LinuxFile.Look(path, followLinks) is { } found) return found;
        if (Directory.Exists(path)) return new FileIdentity(FileKind.Folder, 0, 0);
        FileInfo file = new(path);
        if (!file.Exists && file.LinkTarget is null) return default;
        return new FileIdentity(!followLinks && file.LinkTarget is not null ? FileKind.Link : FileKind.Unknown, 0, 0);
    }
}
