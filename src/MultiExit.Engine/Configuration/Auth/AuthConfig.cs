using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Auth;

/// <summary>A back-end that knows users: who is not in the configuration is asked for there.</summary>
public abstract record AuthConfig
{
    internal static readonly DurationRange TimeoutRange = new("timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
    internal static readonly DurationRange CacheRange = new("cache", TimeSpan.Zero, TimeSpan.FromDays(1));

    /// <summary>Its name in logs, metrics and warnings: <c>auth</c>, or <c>edge.auth</c> for that of an inbound.</summary>
    public string Name { get; init; } = "auth";

    /// <summary>How long a login may take there, its wait for a turn included (key <c>timeout</c>, 100 ms to 60 s, default 3 s).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an answer counts for the same question (key <c>cache</c>, 0 s to 24 h, default 60 s); a denial at most five seconds.</summary>
    public TimeSpan Cache { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What counts while it does not answer (key <c>on_outage</c>, default deny).</summary>
    public OutageRule OnOutage { get; init; }

    /// <summary>The key by which it stands in <c>auth</c>: <c>http</c>, <c>file</c>, <c>ldap</c> or <c>pam</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Where it is, for people; never with a credential.</summary>
    public abstract string Place { get; }

    /// <summary>Whether passwords go there over a network that anybody on the way can read.</summary>
    internal virtual bool IsInTheClear => false;

    /// <summary>Whether it can be asked for a token, which has no name beside it.</summary>
    internal virtual bool TakesTokens => false;

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(TimeoutRange, Timeout);
        check.Check(CacheRange, Cache);
    }
}
