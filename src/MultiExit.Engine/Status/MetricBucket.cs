namespace MultiExit.Engine.Status;

/// <summary>A bucket of a histogram.</summary>
/// <param name="UpTo">The greatest value in it; null: there is no greatest.</param>
/// <param name="Count">The measurements up to that value, those of smaller buckets included.</param>
public sealed record MetricBucket(double? UpTo, long Count);
