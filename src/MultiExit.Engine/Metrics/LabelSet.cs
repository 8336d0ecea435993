namespace MultiExit.Engine.Metrics;

/// <summary>The labels of a value, as one key. Empty values count as absent.</summary>
internal readonly struct LabelSet : IEquatable<LabelSet>
{
    private readonly KeyValuePair<string, string>[] _labels;
    private readonly int _hash;

    private LabelSet(KeyValuePair<string, string>[] labels)
    {
        _labels = labels;
        HashCode hash = new();
        foreach ((string name, string value) in labels)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }
        _hash = hash.ToHashCode();
    }

    public static LabelSet Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<KeyValuePair<string, string>> labels = new(tags.Length);
        foreach ((string name, object? value) in tags)
            if (value is string { Length: > 0 } text) labels.Add(new(name, text));
        return new LabelSet([.. labels]);
    }

    /// <summary>Stands for all that found no room.</summary>
    public static LabelSet Overflow { get; } = new([new("overflow", "true")]);

    public IReadOnlyDictionary<string, string> ToDictionary()
    {
        OrderedDictionary<string, string> labels = new(_labels.Length, StringComparer.Ordinal);
        foreach ((string name, string value) in _labels) labels[name] = value;
        return labels;
    }

    public bool Equals(LabelSet other) => _labels.AsSpan().SequenceEqual(other._labels);

    public override bool Equals(object? obj) => obj is LabelSet other && Equals(other);

    public override int GetHashCode() => _hash;
}
