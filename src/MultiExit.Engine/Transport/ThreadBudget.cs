namespace MultiExit.Engine.Transport;

/// <summary>Keeps the threads of the process below the limit of the system, since the runtime ends the process where its pool can start no
/// thread. Docs: docs/operations.md, "Threads".</summary>
internal static class ThreadBudget
{
    /// <summary>When so many more may be started, the threads need not be divided.</summary>
    public const int Ample = 512;

    private const int MostLookUps = 64;

    // For the runtime's own threads (timers, signals, the compiler), logs, and commands of the system.
    private const int Reserve = 8;

    /// <summary>The system's numbers; null: there is no limit, or none that matters. Read once, when the first server starts.</summary>
    public static TaskReading? Reading { get; } = Read();

    /// <summary>Whether the limit restricts the process.</summary>
    public static bool IsShort => LookUps < MostLookUps;

    /// <summary>How many look-ups may hold a thread at a time.</summary>
    public static int LookUps { get; } = LookUpsFor(Reading);

    /// <summary>Takes effect for the pool of the process. To be called when a server starts; a second call changes nothing.</summary>
    public static void Apply()
    {
        if (Reading is not { } reading) return;
        ThreadPool.GetMaxThreads(out int workers, out int ports);
        int most = PoolFor(reading, ThreadPool.ThreadCount, Environment.ProcessorCount);
        if (most < workers) ThreadPool.SetMaxThreads(most, ports);
    }

    /// <summary>The most threads of the pool: its present ones and those left beside the reserve and look-ups; not fewer than processors, which
    /// the runtime would refuse.</summary>
    internal static int PoolFor(TaskReading reading, int present, int processors) =>
        (int)Math.Max(processors, present + Math.Max(0, reading.Room - Reserve - LookUpsFor(reading)));

    /// <summary>A third of the threads that are left beside the reserve.</summary>
    internal static int LookUpsFor(TaskReading? reading) =>
        reading is { } limited ? (int)Math.Clamp((limited.Room - Reserve) / 3, 1, MostLookUps) : MostLookUps;

    private static TaskReading? Read() => TaskReading.OfProcess() is { Room: < Ample } reading ? reading : null;
}
