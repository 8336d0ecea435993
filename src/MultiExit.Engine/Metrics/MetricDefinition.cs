using MultiExit.Engine.Status;

namespace MultiExit.Engine.Metrics;

/// <summary>A metric of the product.</summary>
/// <param name="Name">The name, by OpenTelemetry's conventions.</param>
/// <param name="Type">The kind.</param>
/// <param name="Unit">The unit by UCUM.</param>
/// <param name="Description">What it says, in a sentence.</param>
/// <param name="Labels">The names of its labels. Their values come from the configuration or from a closed list, never from a peer.</param>
internal sealed record MetricDefinition(string Name, MetricType Type, string Unit, string Description, params string[] Labels)
{
    /// <summary>The upper bounds of a histogram's buckets, but the last, which has none.</summary>
    public double[] Bounds { get; init; } = [];
}
