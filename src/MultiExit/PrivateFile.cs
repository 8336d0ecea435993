namespace MultiExit;

/// <summary>Writes files that only their owner may read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file as a whole or not at all. It never exists with another mode than 0600 (Unix), nor half written.</summary>
    /// <param name="path">The file; its folder must be there.</param>
    /// <param name="text">The text.</param>
    /// <param name="replace">Whether it may be there already.</param>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public static void Write(string path, string text, bool replace)
    {
        // A file that is overwritten keeps its mode, so a new one takes its place.
        string draft = $"{path}.{Guid.NewGuid():N}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (StreamWriter writer = new(draft, options)) writer.Write(text);
            File.Move(draft, path, replace);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
