namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Lets so many a second through for each key, and what a while is worth at once. Thread-safe.</summary>
/// <remarks>Keeps one time for each key (the generic cell rate algorithm), forgotten when all of that is free again.</remarks>
/// <param name="time">The clock.</param>
/// <param name="burst">How long the while is; null: a second.</param>
internal sealed class RateGate<TKey>(TimeProvider time, TimeSpan? burst = null)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly long _burst = (long)((burst ?? TimeSpan.FromSeconds(1)).TotalSeconds * time.TimestampFrequency);
    // When the key's next one would be due if all came evenly.
    private readonly Dictionary<TKey, long> _due = [];

    /// <summary>Whether one more may pass; it is counted then.</summary>
    /// <param name="key">Whose it is.</param>
    /// <param name="perSecond">How many may pass in a second.</param>
    /// <param name="share">How much of the while this one may use, so that the rest is left to others; null: all of it.</param>
    public bool TryPass(TKey key, int perSecond, TimeSpan? share = null)
    {
        long most = share is { } part ? (long)(part.TotalSeconds * time.TimestampFrequency) : _burst;
        long now = time.GetTimestamp();
        lock (_lock)
        {
            long due = Math.Max(now, _due.GetValueOrDefault(key)) + Math.Max(1, time.TimestampFrequency / perSecond);
            if (due - now > most) return false;
            _due[key] = due;
            return true;
        }
    }

    /// <summary>Forgets the keys that have all of it again. Called periodically.</summary>
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
