using System.Globalization;

namespace MultiExit.Host.Tests.Support;

/// <summary>A group of processes with a limit of its own, of either version of cgroups.</summary>
internal sealed class Cgroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";
    private static int _made;
    private readonly bool _isVersion1;

    private Cgroup(string path, bool isVersion1)
    {
        Path = path;
        _isVersion1 = isVersion1;
    }

    public string Path { get; }

    /// <summary>What a shell runs to join it; programs that it becomes by <c>exec</c> stay in it.</summary>
    public string Join => $"echo $$ > {Path}/cgroup.procs";

    /// <param name="controller"><c>pids</c> or <c>memory</c>.</param>
    /// <exception cref="IOException">It cannot be made here.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made here.</exception>
    public static Cgroup Create(string controller)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"multiexit-test-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");
        string version1 = System.IO.Path.Combine(Root, controller);
        if (Directory.Exists(version1)) return new(Directory.CreateDirectory(System.IO.Path.Combine(version1, name)).FullName, isVersion1: true);
        if (!File.ReadAllText($"{Root}/cgroup.subtree_control").Split(' ', '\n').Contains(controller, StringComparer.Ordinal))
            throw new IOException($"the controller {controller} is not delegated in {Root}");
        return new(Directory.CreateDirectory(System.IO.Path.Combine(Root, name)).FullName, isVersion1: false);
    }

    public void LimitTasks(long most) => Write("pids.max", most);

    public void LimitMemory(long bytes) => Write(_isVersion1 ? "memory.limit_in_bytes" : "memory.max", bytes);

    /// <summary>The threads in it now.</summary>
    public int CountTasks() => int.Parse(File.ReadAllText($"{Path}/pids.current"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        // Processes that were killed leave it within moments.
        for (int i = 0; i < 100 && Directory.Exists(Path); i++)
        {
            try
            {
                Directory.Delete(Path);
            }
            catch (IOException)
            {
                Thread.Sleep(20);
            }
        }
    }

    private void Write(string file, long value) => File.WriteAllText($"{Path}/{file}", value.ToString(CultureInfo.InvariantCulture));
}
