using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Groups;

/// <summary>How it is found out whether an exit works: by probes when there is a <see cref="Target"/>, by its dials in any case.</summary>
public sealed record HealthConfig
{
    internal static readonly DurationRange IntervalRange = new("interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
    internal static readonly DurationRange TimeoutRange = new("timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
    internal static readonly IntegerRange FallRange = new("fall", 1, 100);
    internal static readonly IntegerRange RiseRange = new("rise", 1, 100);
    internal static readonly IntegerRange EjectAfterRange = new("eject_after", 0, 1000);
    internal static readonly DurationRange EjectForRange = new("eject_for", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));

    /// <summary>What probes ask for, through the exit; null for no probes.</summary>
    public HealthTarget? Target { get; init; }

    /// <summary>From the beginning of one probe to that of the next (100 ms to 1 day, default 30 s).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a probe may take (10 ms to 1 day, default 5 s); at most <see cref="Interval"/>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>So many failed probes in a row take the exit out (1 to 100, default 3).</summary>
    public int Fall { get; init; } = 3;

    /// <summary>So many good probes in a row bring it back (1 to 100, default 2).</summary>
    public int Rise { get; init; } = 2;

    /// <summary>So many dials in a row that fail by the exit's fault take it out (0 to 1000, default 5); 0: dials never do.</summary>
    public int EjectAfter { get; init; } = 5;

    /// <summary>Without a <see cref="Target"/>, how long dials have taken it out for (100 ms to 1 day, default 30 s). Then it is on trial: the next dial
    /// brings it back or takes it out for twice as long, up to sixteen times as long.</summary>
    public TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong with <see cref="Timeout"/> beside <see cref="Interval"/>; null when they fit.</summary>
    internal string? Contradiction => Timeout > Interval ? "the time-out is longer than the interval; expected at most that" : null;

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check)
    {
        check.Check(IntervalRange, Interval);
        check.Check(TimeoutRange, Timeout);
        check.Check(FallRange, Fall);
        check.Check(RiseRange, Rise);
        check.Check(EjectAfterRange, EjectAfter);
        check.Check(EjectForRange, EjectFor);
        check.Add(TimeoutRange.Key, Contradiction);
    }
}
