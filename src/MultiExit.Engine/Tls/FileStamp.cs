using MultiExit.Engine.Files;

namespace MultiExit.Engine.Tls;

/// <summary>How a file was when it was looked at: another one, or other bytes in it, have another stamp.</summary>
/// <param name="Identity">Which file the path led to.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Written">When it was written last.</param>
internal readonly record struct FileStamp(FileIdentity Identity, long Length, DateTime Written)
{
    /// <summary>Looks at a file; one that cannot be looked at has a stamp as well.</summary>
    public static FileStamp Of(string path)
    {
        try
        {
            FileInfo file = new(path);
            FileInfo behind = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return behind.Exists ? new(FileIdentity.Behind(path), behind.Length, behind.LastWriteTimeUtc) : default;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
