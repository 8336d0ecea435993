using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Where the console host pushes metrics to by OTLP.</summary>
/// <param name="Endpoint">The URL of the collector, http or https, without user, query or fragment.</param>
public sealed record OtlpConfig(Uri Endpoint)
{
    internal static readonly DurationRange IntervalRange = new("interval", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    /// <summary>The default of <see cref="Interval"/>, that of OpenTelemetry.</summary>
    internal static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);

    /// <summary>How often, 1 s to 1 hour (default one minute).</summary>
    public TimeSpan Interval { get; init; } = DefaultInterval;

    /// <summary>How (default HTTP).</summary>
    public OtlpProtocol Protocol { get; init; }

    /// <summary>Checks the values that have a range.</summary>
    internal void Check(ValueCheck check) => check.Check(IntervalRange, Interval);
}
