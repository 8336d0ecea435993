using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Dialects;

/// <summary>Builds nodes of the native schema from values of another one. Everything keeps the place of what it was made from.</summary>
internal sealed class NodeBuilder(SourcePlace place)
{
    private readonly List<MapEntry> _entries = [];

    /// <summary>Adds a key, unless there is no value for it.</summary>
    public NodeBuilder Add(string key, ConfigNode? value)
    {
        if (value is not null) _entries.Add(new(key, value.Place, value));
        return this;
    }

    /// <summary>Adds a key with a text that the document does not hold.</summary>
    public NodeBuilder Add(string key, string text) => Add(key, Text(place, text));

    /// <summary>Adds a key with a list, unless it is empty.</summary>
    public NodeBuilder AddList(string key, IReadOnlyList<ConfigNode> items) => items.Count == 0 ? this : Add(key, new ListNode(place, items));

    /// <summary>The mapping.</summary>
    public MapNode Build() => new(place, _entries);

    /// <summary>A text that the document does not hold.</summary>
    public static ScalarNode Text(SourcePlace place, string text) => new(place, text, IsPlain: true);
}
