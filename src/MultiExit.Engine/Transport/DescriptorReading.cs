using System.Runtime.InteropServices;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>The system's numbers for the descriptors of this process.</summary>
/// <param name="Limit">The most that it may have, RLIMIT_NOFILE (getrlimit(2)). The runtime raises the soft limit to the hard one at its start.</param>
/// <param name="Open">How many it has.</param>
internal readonly record struct DescriptorReading(long Limit, long Open)
{
    private const string OwnDescriptors = "/proc/self/fd";

    // Where /proc is missing: the descriptors that a process of .NET has open by itself.
    private const int Guess = 128;

    /// <summary>Null where the system has no such limit, or does not report it.</summary>
    public static DescriptorReading? OfProcess()
    {
        if (!OperatingSystem.IsLinux() || !TryReadLimit(out ulong limit)) return null;
        return new DescriptorReading((long)Math.Min(limit, int.MaxValue), CountOpen());
    }

    private static unsafe bool TryReadLimit(out ulong soft)
    {
        ulong* limits = stackalloc ulong[2]; // rlim_cur, rlim_max
        bool read = Libc.GetResourceLimit(Libc.RlimitNofile, limits) == 0;
        soft = limits[0];
        return read;
    }

    private static long CountOpen()
    {
        if (TryReadSize(out long open)) return open;
        try
        {
            return Directory.EnumerateFileSystemEntries(OwnDescriptors).Count() - 1; // the folder itself is open meanwhile
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Guess;
        }
    }

    // Since Linux 6.2 the size of the folder is the number of descriptors (proc_pid_fd(5)), which spares the listing of thousands; before, it is 0.
    private static unsafe bool TryReadSize(out long size)
    {
        byte* buffer = stackalloc byte[256]; // struct statx (statx(2)); stx_size lies at 40
        bool read = Libc.Statx(Libc.AtFdcwd, OwnDescriptors, 0, Libc.StatxSize, buffer) == 0;
        size = read ? Marshal.ReadInt64((nint)buffer, 40) : 0;
        return size > 0;
    }
}
