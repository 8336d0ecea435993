using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>The limits of one exit, or of all the addresses of a pool together, and their use. Outlives reloads.</summary>
/// <param name="name">The exit.</param>
/// <param name="time">The clock.</param>
/// <param name="usage">What it has moved this month.</param>
/// <param name="reports">Who is told of limits that only report.</param>
internal sealed class ExitLimit(string name, TimeProvider time, UsageLedger usage, ILimitReports? reports) : IExitLimit
{
    private readonly Lock _lock = new();
    private readonly string _spentText = $"the quota of the exit {name} is used up for this month";
    private volatile ScopeLimits _limits = ScopeLimits.None;
    private volatile string _fullText = "";
    private volatile bool _isSpent;
    private int _dialing;

    /// <summary>Its live sessions, and the bandwidth that holds them back.</summary>
    public LimitScope Scope { get; } = new(time);

    /// <summary>Whether it has used up its month, and is refused for that.</summary>
    public bool IsOverQuota => !_limits.IsShadow && _isSpent;

    public string? Reached => _limits is { IsShadow: false } limits ? Refusal(limits) : null;

    public string? Begin()
    {
        lock (_lock)
        {
            if (Reached is { } refusal) return refusal;
            Volatile.Write(ref _dialing, _dialing + 1);
            return null;
        }
    }

    public void End()
    {
        lock (_lock) Volatile.Write(ref _dialing, _dialing - 1);
    }

    /// <summary>Puts limits in force, for live sessions too.</summary>
    public void Apply(ScopeLimits limits)
    {
        _fullText = $"the exit {name} has its {CountText.Of(limits.Connections ?? 0, "connection")}";
        _limits = limits;
        Scope.Apply(limits, $"exits.{name}.limits.bandwidth");
        LookAtUsage();
    }

    /// <summary>Called when the use of quotas has been added up: a dial looks at many exits, and none of them at the ledger.</summary>
    public void LookAtUsage() => _isSpent = _limits.Quota is { } quota && usage.UsedThisMonthBy(name) >= quota;

    /// <summary>A session is served by it; it is uncounted with <see cref="Leave"/>.</summary>
    public void Enter(Session session)
    {
        ScopeLimits limits = _limits;
        lock (_lock)
        {
            if (limits.IsShadow && Refusal(limits) is { } would)
                reports?.WouldRefuse($"exits.{name}.limits.{(_isSpent ? "quota" : "connections")}", session.Request.Client, would);
            Scope.Sessions++;
        }
    }

    /// <summary>A session that was counted has ended.</summary>
    public void Leave()
    {
        lock (_lock) Scope.Sessions--;
    }

    private string? Refusal(ScopeLimits limits) =>
        _isSpent ? _spentText : limits.Connections is { } most && Scope.Sessions + Volatile.Read(ref _dialing) >= most ? _fullText : null;
}
