namespace MultiExit.Engine.Metrics;

/// <summary>The labels of a value, as one key. Empty values count as absent.</summary>
internal sealed class LabelSet
{
    private readonly KeyValuePair<string, string>[] _labels;

    private LabelSet(KeyValuePair<string, string>[] labels) => _labels = labels;

    /// <summary>Compares sets with each other, and with the tags of a measurement, which then need no set of their own.</summary>
    public static IEqualityComparer<LabelSet> Comparer { get; } = new ByContent();

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

    private sealed class ByContent : IEqualityComparer<LabelSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, LabelSet>
    {
        public bool Equals(LabelSet? x, LabelSet? y) => x is null || y is null ? x == y : x._labels.AsSpan().SequenceEqual(y._labels);

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, LabelSet other)
        {
            int index = 0;
            foreach ((string name, object? value) in alternate)
            {
                if (value is not string { Length: > 0 } text) continue;
                if (index == other._labels.Length || other._labels[index].Key != name || other._labels[index].Value != text) return false;
                index++;
            }
            return index == other._labels.Length;
        }

        public int GetHashCode(LabelSet obj)
        {
            HashCode hash = new();
            foreach ((string name, string value) in obj._labels) Add(ref hash, name, value);
            return hash.ToHashCode();
        }

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            HashCode hash = new();
            foreach ((string name, object? value) in alternate)
                if (value is string { Length: > 0 } text) Add(ref hash, name, text);
            return hash.ToHashCode();
        }

        public LabelSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => Of(alternate);

        private static void Add(ref HashCode hash, string name, string value)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }
    }
}
