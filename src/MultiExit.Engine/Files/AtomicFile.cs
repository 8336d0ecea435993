using System.Collections.Concurrent;

namespace MultiExit.Engine.Files;

/// <summary>Replaces files that only their owner may read. A reader finds the whole old file or the whole new one, whatever ends the
/// process meanwhile.</summary>
public static class AtomicFile
{
    private const string Suffix = ".new";

    // Longer than it takes to write any of these files.
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(10);
    private static readonly ConcurrentDictionary<string, bool> Tidied = new(StringComparer.Ordinal);

    /// <summary>Writes a file beside the one that is there, flushes it to disk and renames it over the old one.</summary>
    /// <param name="path">The file; its folder has to exist. A link at the path is replaced, not followed; a device or a socket is not
    /// replaced.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="replace">Whether a file at the path is replaced; false: it is an error.</param>
    /// <exception cref="IOException">The file cannot be written, or is there already and <paramref name="replace"/> is false. What was
    /// there stays, and nothing half written is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there stays.</exception>
    public static void Write(string path, Action<Stream> write, bool replace = true) => Write(path, write, replace, null);

    /// <summary>Replaces a file of somebody else's choosing: the new one has its owner, group and mode, and a link at the path is followed. Where there is none
    /// yet, the file is private.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">As for <see cref="Write(string, Action{Stream}, bool)"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written, or not be given to its owner; what was there stays.</exception>
    public static void WriteAsBefore(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(path);
        string file = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        Write(file, write, replace: true, OperatingSystem.IsLinux() ? LinuxFile.OwnerOf(file) : null);
    }

    private static void Write(string path, Action<Stream> write, bool replace, FileOwner? owner)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        RegularFile.RequireReplaceable(path);
        if (Tidied.TryAdd(Path.GetFullPath(path), true)) DeleteAbandoned(path);
        // A name of its own: another process may write the same file, and its half-written file must not be mixed with this one. CreateNew
        // follows no link of another user.
        string beside = $"{path}.{Guid.NewGuid():N}{Suffix}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        // A file that is overwritten would keep its mode; this one never has another.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (FileStream stream = new(beside, options))
            {
                write(stream);
                if (owner is { } before && OperatingSystem.IsLinux()) LinuxFile.Give(stream.SafeFileHandle, before, path);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, replace);
        }
        catch
        {
            // Half a file is of no use and may hold secrets.
            File.Delete(beside);
            throw;
        }
    }

    // Left-overs of a process that was killed while it wrote; looked for with the first write of a file.
    private static void DeleteAbandoned(string path)
    {
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            foreach (string left in Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.*{Suffix}").Append(path + Suffix))
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(left) > Abandoned) File.Delete(left);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays until the next time.
        }
    }
}
