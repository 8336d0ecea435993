using System.Collections.Concurrent;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>Records that wait to be written. Whoever adds one never waits: where there is no room, the record is dropped and counted. Any number of
/// threads add, one takes.</summary>
/// <param name="capacity">The most records that wait.</param>
internal sealed class RecordQueue(int capacity) : IDisposable
{
    private readonly ConcurrentQueue<SessionRecord> _records = new();
    private readonly AutoResetEvent _wake = new(false);
    private int _count;
    private long _dropped;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds a record.</summary>
    /// <returns>False when it was dropped.</returns>
    public bool TryAdd(SessionRecord record)
    {
        int count = Interlocked.Increment(ref _count);
        if (count > capacity)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _dropped);
            return false;
        }
        _records.Enqueue(record);
        // The one who takes looks again before it waits, so that one signal is enough for all that come meanwhile.
        if (count == 1) Wake();
        return true;
    }

    /// <summary>Takes the oldest.</summary>
    public bool TryTake(out SessionRecord record)
    {
        if (!_records.TryDequeue(out record!)) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }

    /// <summary>Counts records as dropped that were taken and could not be written.</summary>
    public void AddDropped(long count) => Interlocked.Add(ref _dropped, count);

    /// <summary>Ends <see cref="Wait"/>.</summary>
    public void Wake()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // The store was closed meanwhile, by a reload; a session that ends just then, or a search, is not to fail for it.
        }
    }

    /// <summary>Waits for the first record, or for <see cref="Wake"/>.</summary>
    public void Wait(TimeSpan atMost) => _wake.WaitOne(atMost);

    public void Dispose() => _wake.Dispose();
}
