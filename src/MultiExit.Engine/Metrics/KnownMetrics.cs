namespace MultiExit.Engine.Metrics;

/// <summary>The names of all metrics, whether they have a value now or not.</summary>
public static class KnownMetrics
{
    /// <summary>Each with what it says, in the order of docs/metrics.md.</summary>
    public static IReadOnlyList<(string Name, string Description)> All { get; } =
        [.. MetricCatalog.All.Select(definition => (definition.Name, definition.Description))];

    /// <summary>The name by which Prometheus knows the values of a metric.</summary>
    public static string PrometheusName(Status.MetricStatus metric) => MetricNames.SampleOf(metric);
}
