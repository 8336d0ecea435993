using System.Runtime.InteropServices;

namespace MultiExit.Engine.Files;

/// <summary>A locked file. The lock belongs to all processes that have its descriptor, and ends with the last of them (flock(2)).</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream? _own;

    /// <summary>A lock of another process, which has handed it over.</summary>
    public FileLock(SafeHandle passed) => Handle = passed;

    private FileLock(FileStream own)
    {
        _own = own;
        Handle = own.SafeFileHandle;
    }

    /// <summary>The descriptor.</summary>
    public SafeHandle Handle { get; }

    /// <inheritdoc cref="FileClaim.Lock"/>
    public static FileLock Take(string path) => new(FileClaim.Lock(path));

    /// <summary>Closes the descriptor alone: .NET unlocks a file before it closes it, for the other processes too.</summary>
    public void Leave()
    {
        if (_own is not { } own)
        {
            Handle.Dispose();
            return;
        }
        LinuxFile.CloseAlone(own.SafeFileHandle);
        own.Dispose();
    }

    public void Dispose()
    {
        _own?.Dispose();
        Handle.Dispose();
    }
}
