using System.Text;

namespace MultiExit;

/// <summary>Writes several files that belong together: all of them, or none.</summary>
/// <param name="replace">Whether they may be there already.</param>
internal sealed class FileSet(bool replace)
{
    private readonly List<(string Path, string Text, bool Private)> _files = [];

    /// <summary>The file that is being written; after a failure the one that could not be.</summary>
    public string Current { get; private set; } = "";

    /// <summary>Adds a file.</summary>
    /// <param name="path">The file; its folder must be there.</param>
    /// <param name="text">The text.</param>
    /// <param name="isPrivate">Whether only its owner may read it, mode 0600 (Unix).</param>
    public void Add(string path, string text, bool isPrivate) => _files.Add((path, text, isPrivate));

    /// <summary>Writes them. Each one appears as a whole; after a failure each is as it was before.</summary>
    /// <exception cref="IOException">One is there already, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public void Write()
    {
        string suffix = $".{Guid.NewGuid():N}";
        List<(string Path, string? Before)> done = [];
        try
        {
            foreach ((string path, string text, bool isPrivate) in _files)
                WriteDraft((Current = path) + suffix, text, isPrivate);
            foreach ((string path, _, _) in _files)
            {
                Current = path;
                string? before = replace && File.Exists(path) ? path + suffix + ".before" : null;
                // A copy, so that a reader finds the one or the other at any moment.
                if (before is not null) File.Copy(path, before);
                try
                {
                    File.Move(path + suffix, path, replace);
                }
                catch
                {
                    if (before is not null) File.Delete(before);
                    throw;
                }
                done.Add((path, before));
            }
        }
        catch
        {
            foreach ((string path, string? before) in Enumerable.Reverse(done))
            {
                if (before is null) File.Delete(path);
                else File.Move(before, path, overwrite: true);
            }
            throw;
        }
        finally
        {
            foreach ((string path, _, _) in _files) File.Delete(path + suffix);
        }
        foreach ((_, string? before) in done.Where(file => file.Before is not null)) File.Delete(before!);
    }

    // A file that is overwritten keeps its mode, so a new one takes its place.
    private static void WriteDraft(string draft, string text, bool isPrivate)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isPrivate && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream stream = new(draft, options);
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }
}
