namespace MultiExit;

/// <summary>A bucket of a histogram.</summary>
public sealed class MxMetricBucket
{
    internal MxMetricBucket(double? upTo, long count)
    {
        UpTo = upTo;
        Count = count;
    }

    /// <summary>The greatest value in it; null: there is no greatest.</summary>
    public double? UpTo { get; }

    /// <summary>The measurements up to that value, those of smaller buckets included.</summary>
    public long Count { get; }

    /// <summary>Both.</summary>
    public override string ToString() => FormattableString.Invariant($"{(UpTo is { } bound ? $"<={bound}" : "all")}: {Count}");
}
