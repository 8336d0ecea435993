namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Lets a number a second through for each key, and the number of a period at once. Thread-safe.</summary>
/// <remarks>Keeps one time for each key (the generic cell rate algorithm), dropped when the whole period is free again.</remarks>
/// <param name="time">The clock.</param>
/// <param name="burst">The length of the period; null: a second.</param>
internal sealed class RateGate<TKey>(TimeProvider time, TimeSpan? burst = null)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly long _burst = (long)((burst ?? TimeSpan.FromSeconds(1)).TotalSeconds * time.TimestampFrequency);
    // When the key's next event would be due if all came evenly.
    private readonly Dictionary<TKey, long> _due = [];

    /// <summary>Whether one more may pass; it is counted then.</summary>
    /// <param name="key">The key to count for.</param>
    /// <param name="perSecond">How many may pass in a second.</param>
    /// <param name="share">How much of the period this event may use, so that the rest is left to others; null: all of it.</param>
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

    /// <summary>Drops the keys whose whole period is free again. Called periodically.</summary>
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
