using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>One client, user, inbound or exit: its live sessions and the bandwidth that holds them back, or would.</summary>
/// <param name="time">The clock.</param>
internal sealed class LimitScope(TimeProvider time)
{
    private int _sessions;
    private volatile Pacer? _up;
    private volatile Pacer? _down;
    private volatile Shadow? _shadow;

    /// <summary>Live sessions; changed under the table's lock.</summary>
    public int Sessions
    {
        get => Volatile.Read(ref _sessions);
        set => Volatile.Write(ref _sessions, value);
    }

    /// <summary>The UDP associations among them; changed under the table's lock.</summary>
    public int Associations { get; set; }

    /// <summary>Whether it can be dropped: no session is left, and no bandwidth used ahead of time, which short sessions must not get rid
    /// of.</summary>
    public bool IsIdle => Sessions == 0 && _up is not { IsAhead: true } && _down is not { IsAhead: true }
        && _shadow is not ({ Up.IsAhead: true } or { Down.IsAhead: true });

    /// <summary>Whether a bandwidth only reports whom it would hold back.</summary>
    public bool HasShadow => _shadow is not null;

    /// <summary>From clients to targets; null when not limited.</summary>
    public Pacer? Up => _up;

    /// <summary>From targets to clients; null when not limited.</summary>
    public Pacer? Down => _down;

    /// <summary>Counts bytes for a bandwidth that only reports.</summary>
    /// <param name="up">The direction: to the target.</param>
    /// <param name="bytes">How many.</param>
    /// <returns>The key of the limit, the bandwidth, and how long it would have held them back; null: it would not have.</returns>
    public (string Key, long BytesPerSecond, TimeSpan Held)? ChargeInShadow(bool up, long bytes)
    {
        if (_shadow is not { } shadow) return null;
        Pacer pacer = up ? shadow.Up : shadow.Down;
        TimeSpan held = pacer.ChargeInShadow(bytes);
        return held > TimeSpan.Zero ? (shadow.Key, pacer.BytesPerSecond, held) : null;
    }

    /// <summary>Puts limits in force, for the sessions that are live too.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="key">The key of the bandwidth, for reports.</param>
    public void Apply(ScopeLimits limits, string key)
    {
        long? bandwidth = limits.IsShadow ? null : limits.Bandwidth, reported = limits.IsShadow ? limits.Bandwidth : null;
        if (bandwidth != _up?.BytesPerSecond)
        {
            _up = bandwidth is { } up ? new Pacer(up, time) : null;
            _down = bandwidth is { } down ? new Pacer(down, time) : null;
        }
        if (reported != _shadow?.Up.BytesPerSecond || _shadow is { } present && present.Key != key)
            _shadow = reported is { } would ? new Shadow(key, new Pacer(would, time), new Pacer(would, time)) : null;
    }

    private sealed record Shadow(string Key, Pacer Up, Pacer Down);
}
