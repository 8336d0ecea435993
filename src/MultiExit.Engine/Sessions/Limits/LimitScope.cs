using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>One client, user or inbound: its live sessions and the bandwidth that holds them back.</summary>
internal sealed class LimitScope(TimeProvider time)
{
    private int _sessions;
    private volatile Pacer? _up;
    private volatile Pacer? _down;

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
    public bool IsIdle => Sessions == 0 && _up is not { IsAhead: true } && _down is not { IsAhead: true };

    /// <summary>From clients to targets; null when not limited.</summary>
    public Pacer? Up => _up;

    /// <summary>From targets to clients; null when not limited.</summary>
    public Pacer? Down => _down;

    /// <summary>Puts limits in force, for the sessions that are live too.</summary>
    public void Apply(ScopeLimits limits)
    {
        // What would be held back cannot be told without holding it back.
        long? bandwidth = limits.IsShadow ? null : limits.Bandwidth;
        if (bandwidth == _up?.BytesPerSecond) return;
        _up = bandwidth is { } up ? new Pacer(up, time) : null;
        _down = bandwidth is { } down ? new Pacer(down, time) : null;
    }
}
