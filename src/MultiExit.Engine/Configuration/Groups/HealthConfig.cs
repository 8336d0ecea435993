namespace MultiExit.Engine.Configuration.Groups;

/// <summary>How it is found out whether an exit works: by probes when there is a <see cref="Target"/>, by its dials in any case.</summary>
public sealed record HealthConfig
{
    /// <summary>What probes ask for, through the exit; null for no probes.</summary>
    public HealthTarget? Target { get; init; }

    /// <summary>From the beginning of one probe to that of the next (default 30 s).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a probe may take (default 5 s); at most <see cref="Interval"/>.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>So many failed probes in a row take the exit out (default 3).</summary>
    public int Fall { get; init; } = 3;

    /// <summary>So many good probes in a row bring it back (default 2).</summary>
    public int Rise { get; init; } = 2;

    /// <summary>So many dials in a row that fail by the exit's fault take it out (default 5); 0: dials never do.</summary>
    public int EjectAfter { get; init; } = 5;

    /// <summary>Without a <see cref="Target"/>, how long dials have taken it out for (default 30 s). Then it is on trial: the next dial
    /// brings it back or takes it out for twice as long, up to sixteen times as long.</summary>
    public TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(30);
}
