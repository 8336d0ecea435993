using MultiExit.Engine.Status;

namespace MultiExit.Engine.Metrics;

/// <summary>The names by which Prometheus knows metrics: those of OpenTelemetry with underscores, the unit behind them, as its exporters write them.</summary>
internal static class MetricNames
{
    /// <summary>The name of the family: <c>multiexit_session_duration_seconds</c>; a counter's values have <c>_total</c> behind it.</summary>
    public static string FamilyOf(string name, string unit) => name.Replace('.', '_') + (UnitOf(unit) is { } word ? "_" + word : "");

    /// <summary>The name of a value, or the beginning of the names of a histogram's values.</summary>
    public static string SampleOf(MetricStatus metric) =>
        FamilyOf(metric.Name, metric.Unit) + (metric.Type == MetricType.Counter ? "_total" : "");

    /// <summary>The word for a unit; null where a name has none.</summary>
    public static string? UnitOf(string unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        "1" => "ratio",
        _ => null, // a number of things
    };
}
