using System.Globalization;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>The system's numbers for the threads that this process may start, at the nearest of its limits.</summary>
/// <param name="Limit">The most threads, of all processes that the limit counts.</param>
/// <param name="Used">The threads that exist now.</param>
/// <param name="Source">The limit's name, for messages: <c>pids.max of /sys/fs/cgroup/x</c>, <c>RLIMIT_NPROC</c>.</param>
internal readonly record struct TaskReading(long Limit, long Used, string Source)
{
    private const string CgroupRoot = "/sys/fs/cgroup";

    // Bits of capabilities(7): CAP_SYS_ADMIN and CAP_SYS_RESOURCE, to which RLIMIT_NPROC does not apply (setrlimit(2)).
    private const ulong Exempt = (1UL << 21) | (1UL << 24);

    // Counting the threads of a user means reading a file of each of its processes; a limit as wide as this is not looked at.
    private const long Wide = 32768;

    /// <summary>How many more may be started.</summary>
    public long Room => Math.Max(0, Limit - Used);

    /// <summary>Null where the system has no such limit, or does not report it.</summary>
    public static TaskReading? OfProcess()
    {
        if (!OperatingSystem.IsLinux()) return null;
        IEnumerable<TaskReading> all = OfCgroups(CgroupRoot, ReadLines("/proc/self/cgroup"));
        if (OfUser() is { } user) all = all.Append(user);
        return all.OrderBy(reading => reading.Room).Select(reading => (TaskReading?)reading).FirstOrDefault();
    }

    /// <summary>The limits of the cgroups that the process is in, and of those around them (cgroups(7)).</summary>
    /// <param name="root">Where they are mounted.</param>
    /// <param name="lines">The lines of <c>/proc/self/cgroup</c>: number, controllers and path, with colons between.</param>
    internal static IEnumerable<TaskReading> OfCgroups(string root, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3) continue;
            string? mount = parts[1] == "" ? root : parts[1].Split(',').Contains("pids", StringComparer.Ordinal) ? Path.Combine(root, "pids") : null;
            if (mount is null) continue;
            // In a container the path may be the host's, of which only the root exists.
            for (string path = parts[2].Trim('/'); ; path = Path.GetDirectoryName(path) ?? "")
            {
                string folder = Path.Combine(mount, path);
                if (ReadNumber(Path.Combine(folder, "pids.max")) is { } limit && ReadNumber(Path.Combine(folder, "pids.current")) is { } used)
                    yield return new TaskReading(limit, used, $"pids.max of {folder}");
                if (path == "") break;
            }
        }
    }

    private static TaskReading? OfUser()
    {
        if (ReadLimit() is not { } limit || limit > Wide || IsExempt()) return null;
        string? own = Field("/proc/self/status", "Uid:");
        if (own is null) return null;
        long used = 0;
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string status = Path.Combine(folder, "status");
            if (Field(status, "Uid:") == own && long.TryParse(Field(status, "Threads:"), CultureInfo.InvariantCulture, out long threads)) used += threads;
        }
        return new TaskReading(limit, used, "RLIMIT_NPROC");
    }

    private static unsafe long? ReadLimit()
    {
        ulong* limits = stackalloc ulong[2]; // rlim_cur, rlim_max
        return Libc.GetResourceLimit(Libc.RlimitNproc, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : null;
    }

    private static bool IsExempt() =>
        ulong.TryParse(Field("/proc/self/status", "CapEff:"), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong effective)
        && (effective & Exempt) != 0;

    // The first word after the name.
    private static string? Field(string path, string name) =>
        ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..]
            .Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();

    // "max" is not a number.
    private static long? ReadNumber(string path) =>
        long.TryParse(ReadLines(path).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process is gone, or the system has no such file.
            return [];
        }
    }
}
