using MultiExit.Engine.Files;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Why a file cannot be read, as the end of a sentence.</summary>
internal static class FileProblem
{
    /// <summary>Tries to open the file.</summary>
    /// <returns>Null when it can be read.</returns>
    public static string? Of(string path)
    {
        if (Directory.Exists(path)) return "is a folder";
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Of(e);
        }
    }

    /// <summary>The sentence for an exception of the file system.</summary>
    public static string Of(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "does not exist",
        FolderException => "is a folder",
        UnauthorizedAccessException => "may not be read by this user",
        SpecialFileException => "is not a regular file",
        FileTooLargeException large => large.Problem,
        PathTooLongException => "has too long a path",
        _ => "cannot be read",
    };
}
