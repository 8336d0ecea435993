namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Lets so many a second through for each key, and a second's worth at once. Thread-safe.</summary>
/// <remarks>Keeps one time for each key (the generic cell rate algorithm), forgotten when a second's worth is free again.</remarks>
internal sealed class RateGate<TKey>(TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    // When the key's next one would be due if all came evenly.
    private readonly Dictionary<TKey, long> _due = [];

    public bool TryPass(TKey key, int perSecond)
    {
        long now = time.GetTimestamp();
        long second = time.TimestampFrequency;
        lock (_lock)
        {
            long due = Math.Max(now, _due.GetValueOrDefault(key)) + Math.Max(1, second / perSecond);
            if (due - now > second) return false;
            _due[key] = due;
            return true;
        }
    }

    /// <summary>Forgets the keys that have their whole second's worth again. Called periodically.</summary>
    public void Sweep()
    {
        long now = time.GetTimestamp();
        lock (_lock)
        {
            foreach ((TKey key, long due) in _due)
                if (due <= now) _due.Remove(key);
        }
    }
}
