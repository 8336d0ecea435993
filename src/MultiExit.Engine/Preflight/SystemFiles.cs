using System.Globalization;

namespace MultiExit.Engine.Preflight;

/// <summary>The files in which the system says what it is like: <c>/proc</c> (proc(5)). What is not there, or may not be read, is null or empty.</summary>
/// <param name="root">The folder that stands for <c>/</c>.</param>
internal sealed class SystemFiles(string root)
{
    private const int MaxLength = 1 << 16;

    /// <summary>Those of this host.</summary>
    public static SystemFiles OfHost { get; } = new("/");

    /// <summary>A short file without the blanks around it.</summary>
    public string? Read(string path)
    {
        try
        {
            using StreamReader reader = new(Path.Combine(root, path));
            char[] text = new char[MaxLength];
            int length = reader.ReadBlock(text);
            return length == MaxLength ? null : new string(text, 0, length).Trim();
        }
        catch (Exception exception) when (IsAbsence(exception))
        {
            return null;
        }
    }

    /// <summary>The numbers in a file, with blanks between them.</summary>
    public IReadOnlyList<long> Numbers(string path) =>
    [
        .. (Read(path) ?? "").Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : 0),
    ];

    /// <summary>The one number in a file.</summary>
    public long? Number(string path) => Numbers(path) is [var number, ..] ? number : null;

    /// <summary>The first lines of a table, which may be long.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">How many lines at most.</param>
    public IReadOnlyList<string> Lines(string path, int most)
    {
        try
        {
            return [.. File.ReadLines(Path.Combine(root, path)).Take(most)];
        }
        catch (Exception exception) when (IsAbsence(exception))
        {
            return [];
        }
    }

    /// <summary>The names in a folder.</summary>
    public IReadOnlyList<string> Names(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Path.Combine(root, folder)).Select(path => Path.GetFileName(path))];
        }
        catch (Exception exception) when (IsAbsence(exception))
        {
            return [];
        }
    }

    /// <summary>What a link leads to, as it is written there.</summary>
    public string? Link(string path)
    {
        try
        {
            return new FileInfo(Path.Combine(root, path)).LinkTarget;
        }
        catch (Exception exception) when (IsAbsence(exception))
        {
            return null;
        }
    }

    // A process may end while it is looked at.
    private static bool IsAbsence(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
