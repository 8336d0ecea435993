namespace MultiExit.Engine.Status;

/// <summary>A value of a metric, for one combination of its labels.</summary>
/// <param name="Labels">The labels in their order; one that has no value here is absent.</param>
/// <param name="Value">The value; of a histogram the sum of its measurements.</param>
public sealed record MetricPoint(IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>The number of measurements; null where it is no histogram.</summary>
    public long? Count { get; init; }

    /// <summary>The buckets, smallest first; null where it is no histogram.</summary>
    public IReadOnlyList<MetricBucket>? Buckets { get; init; }
}
