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
    public void Apply(ScopeLimits limits, string key) => Apply(limits, key, limits.Bandwidth, limits.Bandwidth);

    /// <summary>Puts limits in force whose bandwidth is another one in each direction.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="key">The key of the bandwidth, for reports.</param>
    /// <param name="up">The bandwidth from clients to targets; null with <paramref name="down"/>: not limited.</param>
    /// <param name="down">The bandwidth from targets to clients.</param>
    public void Apply(ScopeLimits limits, string key, long? up, long? down)
    {
        bool isShadow = limits.IsShadow;
        _up = With(_up, isShadow ? null : up);
        _down = With(_down, isShadow ? null : down);
        Shadow? before = _shadow;
        Pacer? wouldUp = With(before?.Up, isShadow ? up : null), wouldDown = With(before?.Down, isShadow ? down : null);
        if (wouldUp is null || wouldDown is null) _shadow = null;
        else if (before is null || before.Key != key) _shadow = new Shadow(key, wouldUp, wouldDown);
    }

    /// <summary>What was moved under its bandwidth so far, whether it holds back or only reports; null: there is none.</summary>
    public ScopeUse? TakeUse()
    {
        Shadow? shadow = _shadow;
        if ((_up ?? shadow?.Up) is not { } up || (_down ?? shadow?.Down) is not { } down) return null;
        ((long chargedUp, bool heldUp), (long chargedDown, bool heldDown)) = (up.TakeUse(), down.TakeUse());
        return new ScopeUse(up, chargedUp, heldUp, down, chargedDown, heldDown);
    }

    // The same one goes on with another number: a new one would forgive what is owed, and have a burst of its own.
    private Pacer? With(Pacer? pacer, long? bytesPerSecond)
    {
        if (bytesPerSecond is not { } rate) return null;
        if (pacer is null) return new Pacer(rate, time);
        pacer.Change(rate);
        return pacer;
    }

    private sealed record Shadow(string Key, Pacer Up, Pacer Down);
}
