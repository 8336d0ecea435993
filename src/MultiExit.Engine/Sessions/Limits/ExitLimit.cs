using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The limits of one exit, or of all the addresses of a pool together, and their use. Outlives reloads.</summary>
/// <param name="name">The exit.</param>
/// <param name="time">The clock.</param>
/// <param name="usage">What it has moved this month.</param>
/// <param name="reports">Who is told of limits that only report.</param>
internal sealed class ExitLimit(string name, TimeProvider time, UsageLedger usage, ILimitReports? reports) : IExitLimit
{
    private readonly Lock _lock = new();
    private volatile ScopeLimits _limits = ScopeLimits.None;
    private int _dialing;

    /// <summary>Its live sessions, and the bandwidth that holds them back.</summary>
    public LimitScope Scope { get; } = new(time);

    /// <summary>Whether it has used up its month, and is refused for that.</summary>
    public bool IsOverQuota => !_limits.IsShadow && IsBeyondQuota;

    public string? Reached
    {
        get
        {
            lock (_lock) return _limits.IsShadow ? null : Refusal(_limits);
        }
    }

    private bool IsBeyondQuota => _limits.Quota is { } quota && usage.UsedThisMonthBy(name) >= quota;

    public string? Begin()
    {
        lock (_lock)
        {
            if (!_limits.IsShadow && Refusal(_limits) is { } refusal) return refusal;
            _dialing++;
            return null;
        }
    }

    public void End()
    {
        lock (_lock) _dialing--;
    }

    /// <summary>Puts limits in force, for live sessions too.</summary>
    public void Apply(ScopeLimits limits)
    {
        _limits = limits;
        Scope.Apply(limits);
    }

    /// <summary>A session is served by it; it is uncounted with <see cref="Leave"/>.</summary>
    public void Enter(Session session)
    {
        ScopeLimits limits = _limits;
        lock (_lock)
        {
            if (limits.IsShadow && Refusal(limits) is { } would)
                reports?.WouldRefuse($"exits.{name}.limits.{(IsBeyondQuota ? "quota" : "connections")}", session.Request.Client, would);
            Scope.Sessions++;
        }
    }

    /// <summary>A session that was counted has ended.</summary>
    public void Leave()
    {
        lock (_lock) Scope.Sessions--;
    }

    private string? Refusal(ScopeLimits limits) => IsBeyondQuota ? $"the quota of the exit {name} is used up for this month"
        : limits.Connections is { } most && Scope.Sessions + _dialing >= most ? $"the exit {name} has its {most} connections"
        : null;
}
