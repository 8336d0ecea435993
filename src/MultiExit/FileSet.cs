using System.Text;
using MultiExit.Engine.Files;

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
    /// <exception cref="IOException">One is there already, or cannot be written. Where an earlier content cannot be put back either, the
    /// message names the file that holds it.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public void Write()
    {
        string suffix = $".{Guid.NewGuid():N}";
        List<(string Path, string? Before)> done = [];
        // What is to be deleted at the end, listed before it is made: it may be made by half.
        List<string> left = [];
        try
        {
            foreach ((string path, string text, bool isPrivate) in _files)
            {
                Current = path;
                RegularFile.RequireReplaceable(path);
                left.Add(path + suffix);
                WriteDraft(path + suffix, text, isPrivate);
            }
            foreach ((string path, _, _) in _files)
            {
                Current = path;
                string? before = null;
                if (replace && File.Exists(path))
                {
                    left.Add(before = path + suffix + ".before");
                    Copy(path, before);
                }
                File.Move(path + suffix, path, replace);
                done.Add((path, before));
            }
        }
        catch (Exception first)
        {
            string[] lost = [.. Enumerable.Reverse(done).Where(file => !TryRollBack(file.Path, file.Before)).Select(file => file.Before ?? file.Path)];
            // The only copy of what was there.
            left.RemoveAll(lost.Contains);
            if (lost.Length > 0) throw new IOException($"{first.Message} Not rolled back: {string.Join(", ", lost)}.", first);
            throw;
        }
        finally
        {
            foreach (string path in left) Try(() => File.Delete(path));
        }
    }

    private static bool TryRollBack(string path, string? before) => Try(() =>
    {
        if (before is null)
        {
            File.Delete(path);
            return;
        }
        File.Move(before, path, overwrite: true);
    });

    // One failure does not keep the other files from being rolled back or deleted, and does not hide the first.
    private static bool Try(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A copy, so that a reader of the path finds the one or the other at any moment. It is its owner's alone until it is complete.
    private static void Copy(string path, string before)
    {
        using (FileStream source = RegularFile.OpenRead(path))
        using (FileStream copy = new(before, CreateNew(isPrivate: true)))
            source.CopyTo(copy);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(before, File.GetUnixFileMode(path));
    }

    // A file that is overwritten keeps its mode, so a new one takes its place.
    private static void WriteDraft(string draft, string text, bool isPrivate)
    {
        using FileStream stream = new(draft, CreateNew(isPrivate));
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }

    private static FileStreamOptions CreateNew(bool isPrivate)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isPrivate && !OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
