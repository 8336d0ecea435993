namespace MultiExit.Engine.Files;

/// <summary>Distinguishes a disk without room from a fault that only an operator can correct.</summary>
internal static class DiskFull
{
    // ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL, as HRESULTs.
    private const int WindowsHandleFull = unchecked((int)0x80070027), WindowsFull = unchecked((int)0x80070070);

    /// <summary>Whether a file could not be written for want of room: a full disk, or a quota that is used up.</summary>
    public static bool Is(Exception? exception) => exception is not null && ((exception is IOException
        && exception.HResult is LinuxFile.NoSpace or LinuxFile.QuotaExceeded or WindowsHandleFull or WindowsFull) || Is(exception.InnerException));
}
