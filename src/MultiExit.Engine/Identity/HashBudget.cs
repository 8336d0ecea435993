namespace MultiExit.Engine.Identity;

/// <summary>Holds the time that hashes take to a share of one core. What was not used lately may be used at once, so that a few logins do not wait.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class HashBudget(TimeProvider time)
{
    /// <summary>The share of a core.</summary>
    public const double Share = 0.5;

    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(2);

    private TimeSpan _left = Burst;
    private long _last = time.GetTimestamp();

    /// <summary>How long to wait before the next hash.</summary>
    public TimeSpan Pause
    {
        get
        {
            Refill();
            return _left >= TimeSpan.Zero ? TimeSpan.Zero : -_left / Share;
        }
    }

    /// <summary>A hash has taken so long.</summary>
    public void Spend(TimeSpan took)
    {
        Refill();
        _left -= took;
    }

    private void Refill()
    {
        long now = time.GetTimestamp();
        TimeSpan gained = time.GetElapsedTime(_last, now) * Share;
        _last = now;
        _left = _left + gained < Burst ? _left + gained : Burst;
    }
}
