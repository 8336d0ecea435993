using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Records;

/// <summary>Counts the records that the store of the fleet will never have. Thread-safe.</summary>
/// <param name="log">The log.</param>
internal sealed class RecordLosses(EngineLog log)
{
    private long _count;

    /// <summary>How many there were since the server's start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>What operators have to know now.</summary>
    public IEnumerable<ServerWarning> Warnings => Count is > 0 and var count ? [Diagnostics.Warnings.FleetRecordsDropped(count)] : [];

    /// <summary>Counts some; they are logged with the first ones, and each time that there are twice as many.</summary>
    public void Add(long count)
    {
        if (count <= 0) return;
        long now = Interlocked.Add(ref _count, count), before = now - count;
        if (before == 0 || System.Numerics.BitOperations.Log2((ulong)now) > System.Numerics.BitOperations.Log2((ulong)before))
            log.Warn(Diagnostics.Warnings.FleetRecordsDropped(now));
    }
}
