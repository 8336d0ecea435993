namespace MultiExit.Engine.Records.Traffic;

/// <summary>What has come to a row since it was written last. Rows are additive: two of the same key are one with the sums. Not thread-safe.</summary>
internal sealed class TrafficSum
{
    private long[]? _dials;

    public long Sessions { get; private set; }

    public long Failed { get; private set; }

    public long BytesUp { get; private set; }

    public long BytesDown { get; private set; }

    /// <summary>The dials by bucket; empty where there was none.</summary>
    public ReadOnlySpan<long> Dials => _dials;

    public void Add(in TrafficDelta delta)
    {
        Sessions += delta.Sessions;
        Failed += delta.Failed;
        BytesUp += delta.BytesUp;
        BytesDown += delta.BytesDown;
        if (delta.DialMs is { } took) (_dials ??= new long[DialBuckets.Count])[DialBuckets.Of(took)]++;
    }

    public void Add(TrafficSum other)
    {
        Sessions += other.Sessions;
        Failed += other.Failed;
        BytesUp += other.BytesUp;
        BytesDown += other.BytesDown;
        if (other._dials is not { } dials) return;
        _dials ??= new long[DialBuckets.Count];
        for (int i = 0; i < dials.Length; i++) _dials[i] += dials[i];
    }
}
