using System.Runtime.InteropServices;

namespace MultiExit.Engine.Records.Traffic;

/// <summary>The rows that wait to be written. It is bounded: an interval has so many rows, the rest of its users are one; and where too many intervals
/// wait, because the disk takes none, the oldest two become one, so that sums stay right and only their time gets coarse. Thread-safe.</summary>
/// <param name="maxRows">The most rows of an interval.</param>
/// <param name="maxPending">The most rows that wait, of all intervals.</param>
internal sealed class TrafficLedger(int maxRows = 10_000, int maxPending = 50_000)
{
    private readonly Lock _lock = new();

    // The rows that the running interval has, written ones too; and of the one before, which a sample at the boundary still adds to.
    private readonly Dictionary<long, HashSet<TrafficKey>> _known = [];
    private Dictionary<(long Start, TrafficKey Key), TrafficSum> _pending = [];

    /// <summary>How many rows wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _pending.Count;
        }
    }

    /// <summary>Adds to a row.</summary>
    /// <param name="start">The begin of the interval.</param>
    /// <param name="key">Which row.</param>
    /// <param name="delta">What has come to it.</param>
    public void Add(long start, TrafficKey key, in TrafficDelta delta)
    {
        lock (_lock)
        {
            HashSet<TrafficKey> known = KnownOf(start);
            if (!known.Contains(key))
            {
                if (known.Count < maxRows) known.Add(key);
                else key = key with { User = TrafficKey.Other };
            }
            SumOf((start, key)).Add(delta);
        }
    }

    /// <summary>Takes all rows, to write them.</summary>
    public IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> Take()
    {
        lock (_lock)
        {
            Dictionary<(long Start, TrafficKey Key), TrafficSum> taken = _pending;
            _pending = [];
            return taken;
        }
    }

    /// <summary>Gives back rows that could not be written.</summary>
    public void PutBack(IReadOnlyDictionary<(long Start, TrafficKey Key), TrafficSum> rows)
    {
        lock (_lock)
        {
            foreach (((long Start, TrafficKey Key) row, TrafficSum sum) in rows) SumOf(row).Add(sum);
            Shorten();
        }
    }

    private HashSet<TrafficKey> KnownOf(long start)
    {
        if (_known.TryGetValue(start, out HashSet<TrafficKey>? known)) return known;
        if (_known.Count == 2) _known.Remove(_known.Keys.Min());
        Shorten();
        return _known[start] = [];
    }

    private TrafficSum SumOf((long Start, TrafficKey Key) row)
    {
        ref TrafficSum? sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_pending, row, out _);
        return sum ??= new TrafficSum();
    }

    private void Shorten()
    {
        while (_pending.Count > maxPending)
        {
            long[] starts = [.. _pending.Keys.Select(row => row.Start).Distinct().Order().Take(2)];
            if (starts.Length < 2) return;
            int rows = _pending.Keys.Count(row => row.Start == starts[1]);
            foreach ((long Start, TrafficKey Key) row in _pending.Keys.Where(row => row.Start == starts[0]).ToArray())
            {
                _pending.Remove(row, out TrafficSum? sum);
                (long Start, TrafficKey Key) later = (starts[1], row.Key);
                if (!_pending.ContainsKey(later) && ++rows > maxRows) later.Key = later.Key with { User = TrafficKey.Other };
                SumOf(later).Add(sum!);
            }
        }
    }
}
