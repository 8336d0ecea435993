namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Keys with values, in the order of the file; no key twice.</summary>
internal sealed record MapNode(SourcePlace Place, IReadOnlyList<MapEntry> Entries) : ConfigNode(Place)
{
    /// <inheritdoc/>
    public override string Kind => "a mapping";

    /// <summary>The entry of a key, or null.</summary>
    public MapEntry? Find(string key) => Entries.FirstOrDefault(entry => string.Equals(entry.Key, key, StringComparison.Ordinal));

    /// <summary>Whether there is one of the keys.</summary>
    public bool HasAny(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            if (Find(key) is not null) return true;
        return false;
    }
}
