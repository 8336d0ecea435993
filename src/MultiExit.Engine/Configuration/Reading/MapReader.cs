using MultiExit.Engine.Configuration.Ranges;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Reads a mapping key by key and knows in the end which keys were not read.</summary>
internal sealed class MapReader
{
    private MapNode _map;
    private readonly string _what;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>A reader of a mapping.</summary>
    /// <param name="map">The mapping.</param>
    /// <param name="context">Where errors and secrets go.</param>
    /// <param name="what">What the mapping is, <c>a socks5 inbound</c>.</param>
    public MapReader(MapNode map, ReadContext context, string what)
    {
        _map = map;
        Context = context;
        _what = what;
        context.Observer?.Invoke(new(map.Place.Path, ReadKind.Mapping));
    }

    public ReadContext Context { get; }

    public SourcePlace Place => _map.Place;

    private ValueReader Values => Context.Values;

    /// <summary>The value of a key, or null when it is absent.</summary>
    public ConfigNode? Take(string key)
    {
        if (_known.Add(key)) Note(key, ReadKind.Key);
        return _map.Find(key)?.Value;
    }

    // The same, for who knows what it is.
    private ConfigNode? Take(string key, ReadKind kind, object? detail = null)
    {
        Note(key, kind, detail);
        return Take(key);
    }

    private void Note(string key, ReadKind kind, object? detail = null) => Context.Observer?.Invoke(new(Place.PathOf(key), kind, detail));

    /// <summary>Whether a key is there; this does not count as reading it.</summary>
    public bool Has(string key) => _map.HasAny(key);

    /// <summary>The value of a key, or null when it is absent; this does not count as reading it.</summary>
    public ConfigNode? Find(string key) => _map.Find(key)?.Value;

    /// <summary>Puts another value in the place of that of a key.</summary>
    public void Replace(MapEntry entry) => _map = _map with { Entries = [.. _map.Entries.Where(other => other.Key != entry.Key), entry] };

    /// <summary>Whether a key was read.</summary>
    public bool Knows(string key) => _known.Contains(key);

    /// <summary>Adds a key that stands elsewhere, in a URL, and is read as one of the mapping's own.</summary>
    public void Add(MapEntry entry) => _map = _map with { Entries = [.. _map.Entries, entry] };

    /// <summary>The value of a key that must be there.</summary>
    public ConfigNode? Require(string key, string expected)
    {
        ConfigNode? value = Take(key);
        if (value is null) Context.Errors.Add(Place with { Path = Place.PathOf(key) }, $"missing; {_what} needs {expected}");
        return value;
    }

    public string? Text(string key, string expected = "text") =>
        Take(key, ReadKind.Text) is { } node ? Values.Text(node, expected) : null;

    public string? Choice(string key, params string[] choices) =>
        Take(key, ReadKind.Choice, choices) is { } node ? Values.Choice(node, choices) : null;

    public int? Integer(IntegerRange range, string? key = null) =>
        Take(key ?? range.Key, ReadKind.Integer, range) is { } node ? Values.Integer(node, range) : null;

    public double? Share(ShareRange range) =>
        Take(range.Key, ReadKind.Share, range) is { } node ? Values.Share(node, range) : null;

    public bool? Flag(string key) =>
        Take(key, ReadKind.Flag) is { } node ? Values.Flag(node) : null;

    public TimeSpan? Duration(DurationRange range) =>
        Take(range.Key, ReadKind.Duration, range) is { } node ? Values.Duration(node, range) : null;

    public int? IntSize(SizeRange range) => (int?)Size(range);

    public long? Size(SizeRange range, string? key = null) =>
        Take(key ?? range.Key, ReadKind.Size, range) is { } node ? Values.Size(node, range) : null;

    public int? Rate(RateRange range, string? key = null) =>
        Take(key ?? range.Key, ReadKind.Rate, range) is { } node ? Values.Rate(node, range) : null;

    /// <summary>Reads a mapping beneath a key.</summary>
    public MapReader? Map(string key, string what, bool mayBeSecret = false)
    {
        if (Take(key, ReadKind.Mapping) is not { } node) return null;
        if (node is MapNode map) return new(map, Context, what);
        Values.Expect(node, "a mapping", mayBeSecret);
        return null;
    }

    /// <summary>Reads a mapping of names to mappings beneath a key, each with its name, the name's place and its reader.</summary>
    public IEnumerable<(string Name, SourcePlace Place, MapReader Reader)> NamedMaps(string key, string what)
    {
        if (Take(key, ReadKind.NamedMappings) is not { } node) yield break;
        if (node is not MapNode map)
        {
            Values.Expect(node, $"a mapping of names to {what}");
            yield break;
        }
        foreach (MapEntry entry in map.Entries)
        {
            if (entry.Value is MapNode value) yield return (entry.Key, entry.KeyPlace, new(value, Context, what));
            else Values.Expect(entry.Value, $"{what} (a mapping)");
        }
    }

    /// <summary>Reads a list of mappings beneath a key, each with its reader.</summary>
    public IEnumerable<MapReader> Maps(string key, string what)
    {
        if (Take(key, ReadKind.Mappings) is not { } node) yield break;
        if (node is not ListNode list)
        {
            Values.Expect(node, "a list");
            yield break;
        }
        foreach (ConfigNode item in list.Items)
        {
            if (item is MapNode map) yield return new(map, Context, what);
            else Values.Expect(item, $"{what} (a mapping)");
        }
    }

    /// <summary>Refuses a key whose feature is not available yet.</summary>
    public void NotYet(string key, string? feature = null)
    {
        if (Take(key) is not null) Context.Errors.AddNotYet(_map.Find(key)!.KeyPlace, feature ?? key);
    }

    /// <summary>Counts keys as read without reading them, because their mapping is refused as a whole.</summary>
    public void Known(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys) _known.Add(key);
    }

    /// <summary>Reports every key that was not read.</summary>
    public void Finish()
    {
        foreach (MapEntry entry in _map.Entries)
        {
            if (_known.Contains(entry.Key) || Context.Errors.IsFull) continue;
            string? near = EditDistance.Nearest(entry.Key, _known);
            Context.Errors.Add(entry.KeyPlace, near is null
                ? $"unknown key; {_what} has the keys {string.Join(", ", _known.Order(StringComparer.Ordinal))}"
                : $"unknown key; did you mean \"{near}\"?");
        }
    }
}
