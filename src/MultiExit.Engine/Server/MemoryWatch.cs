using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Multiplexing;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <summary>Logs when carriers are not read for want of memory: at most once a minute.</summary>
internal sealed class MemoryWatch(ServerMemory memory, EngineLog log, TimeProvider time)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private long? _logged;
    private long _stalls;

    /// <summary>The memory as an operator sees it.</summary>
    public MemoryUse Status => new(memory.Used, memory.Total, memory.Stalls);

    /// <summary>One look; called about once a second.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            if (memory.Stalls == _stalls || _logged is { } logged && time.GetElapsedTime(logged, now) < LogEvery) return;
            log.CarriersStalled(memory.Stalls - _stalls, memory.Used, memory.Total);
            (_stalls, _logged) = (memory.Stalls, now);
        }
    }
}
