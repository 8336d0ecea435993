using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Groups;

/// <summary>Which exits may be published into a group while the server runs.</summary>
public sealed record PublishConfig
{
    internal static readonly IntegerRange MaxRange = new("max", 1, 100_000);
    internal static readonly DurationRange ExpiresRange = new("expires", TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));

    /// <summary>The most members that are published at a time (key <c>max</c>, 1 to 100,000, default 10,000).</summary>
    public int Max { get; init; } = 10_000;

    /// <summary>The longest time that a member lasts unless it is published again, and the time of one that asks for none (key <c>expires</c>, 1 s to
    /// 30 days, default 1 day).</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(MaxRange, Max);
        check.Check(ExpiresRange, Expires);
    }
}
