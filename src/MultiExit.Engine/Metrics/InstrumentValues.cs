using MultiExit.Engine.Status;

namespace MultiExit.Engine.Metrics;

/// <summary>The values of an instrument, one for each combination of labels. Thread-safe.</summary>
/// <param name="definition">The metric.</param>
/// <param name="isObserved">Whether each collection reads its values anew.</param>
internal sealed class InstrumentValues(MetricDefinition definition, bool isObserved)
{
    /// <summary>The combinations of labels that are kept apart: exits and inbounds come and go with configurations, and a list that only grows has to
    /// have an end. All others are one more.</summary>
    public const int MaxLabelSets = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<LabelSet, Cell> _cells = new(LabelSet.Comparer);

    public MetricDefinition Definition => definition;

    /// <summary>Before a collection.</summary>
    public void Begin()
    {
        if (!isObserved) return;
        lock (_lock) _cells.Clear();
    }

    /// <summary>Takes a measurement.</summary>
    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (!_cells.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out Cell? cell))
            {
                LabelSet labels = _cells.Count >= MaxLabelSets ? LabelSet.Overflow : LabelSet.Of(tags);
                if (!_cells.TryGetValue(labels, out cell)) _cells[labels] = cell = new Cell { Counts = new long[definition.Bounds.Length + 1] };
            }
            cell.Sum += value;
            if (definition.Type == MetricType.Histogram) cell.Counts[BucketOf(value)]++;
        }
    }

    /// <summary>The values as of now.</summary>
    public MetricStatus ToStatus()
    {
        lock (_lock)
        {
            return new MetricStatus(definition.Name, definition.Type, definition.Unit, definition.Description,
                [.. _cells.Select(pair => ToPoint(pair.Key.ToDictionary(), pair.Value))]);
        }
    }

    // The bound belongs to its bucket.
    private int BucketOf(double value)
    {
        int index = Array.BinarySearch(definition.Bounds, value);
        return index >= 0 ? index : ~index;
    }

    private MetricPoint ToPoint(IReadOnlyDictionary<string, string> labels, Cell cell)
    {
        if (definition.Type != MetricType.Histogram) return new MetricPoint(labels, cell.Sum);
        long count = 0;
        List<MetricBucket> buckets = new(cell.Counts.Length);
        for (int i = 0; i < cell.Counts.Length; i++)
        {
            count += cell.Counts[i];
            buckets.Add(new MetricBucket(i < definition.Bounds.Length ? definition.Bounds[i] : null, count));
        }
        return new MetricPoint(labels, cell.Sum) { Count = count, Buckets = buckets };
    }

    private sealed class Cell
    {
        public double Sum { get; set; }

        public required long[] Counts { get; init; }
    }
}
