using System.Runtime.InteropServices;

namespace MultiExit.Engine.Files;

/// <summary>Holds a file for one server, by a lock on a file beside it that stays: the file itself is replaced when it is written. The lock
/// ends with the process.</summary>
internal sealed class FileClaim : IDisposable
{
    /// <summary>The end of the lock's name.</summary>
    public const string Suffix = ".lock";

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
    private const int Shared = unchecked((int)0x80070020), Locked = unchecked((int)0x80070021);

    private readonly FileLock? _lock;

    private FileClaim(string path, FileLock? @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The file that is held.</summary>
    public string Path { get; }

    /// <summary>The lock, to hand it to another process; null: there is none.</summary>
    public SafeHandle? Handle => _lock?.Handle;

    /// <summary>Goes on with the lock that another process has taken.</summary>
    public static FileClaim Adopt(string path, SafeHandle passed) => new(path, new FileLock(passed));

    /// <summary>Claims a file.</summary>
    /// <param name="path">The file; it need not be there, its folder does.</param>
    /// <returns>Null when another server has it, of this process or another one. A full disk without room for the lock does not refuse it:
    /// the file is held without a lock.</returns>
    /// <exception cref="IOException">The lock cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The lock may not be made.</exception>
    public static FileClaim? TryTake(string path)
    {
        try
        {
            return new FileClaim(path, FileLock.Take(path + Suffix));
        }
        catch (IOException exception) when (IsTaken(exception))
        {
            return null;
        }
        catch (IOException exception) when (DiskFull.Is(exception))
        {
            return new FileClaim(path, null);
        }
    }

    /// <summary>Locks a file, made with mode 0600 where it is missing.</summary>
    /// <exception cref="IOException">See <see cref="IsTaken"/>; or it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static FileStream Lock(string path)
    {
        RegularFile.RequireReplaceable(path);
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Whether another server holds the lock.</summary>
    public static bool IsTaken(IOException exception) => exception.HResult is LinuxFile.WouldBlock or 35 or Shared or Locked;

    /// <summary>Holds it no more; another process that has the lock keeps it.</summary>
    public void Leave() => _lock?.Leave();

    public void Dispose() => _lock?.Dispose();
}
