namespace MultiExit.Engine.Files;

/// <summary>Replaces files that only their owner may read. A reader finds the whole old file or the whole new one, whatever ends the
/// process meanwhile.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file beside the one that is there, flushes it to disk and renames it over the old one.</summary>
    /// <param name="path">The file; its folder has to exist. A link at the path is replaced, not followed.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="replace">Whether a file at the path is replaced; false: it is an error.</param>
    /// <exception cref="IOException">The file cannot be written, or is there already and <paramref name="replace"/> is false. What was
    /// there stays, and nothing half written is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; what was there stays.</exception>
    public static void Write(string path, Action<Stream> write, bool replace = true)
    {
        ArgumentNullException.ThrowIfNull(write);
        string beside = path + ".new";
        // An earlier process may have left the file when it was killed; and CreateNew follows no link that another user put there.
        File.Delete(beside);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        // A file that is overwritten would keep its mode; this one never has another.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (FileStream stream = new(beside, options))
            {
                write(stream);
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
}
