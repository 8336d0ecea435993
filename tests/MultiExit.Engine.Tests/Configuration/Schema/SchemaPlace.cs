using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Tests.Configuration.Schema;

/// <summary>A place of a configuration, with all that the loader expected there in some document.</summary>
internal sealed class SchemaPlace
{
    public Dictionary<string, SchemaPlace> Keys { get; } = new(StringComparer.Ordinal);

    /// <summary>What stands in a list at this place.</summary>
    public SchemaPlace? Items { get; private set; }

    /// <summary>What stands beneath a name that is free.</summary>
    public SchemaPlace? Named { get; private set; }

    public Dictionary<ReadKind, List<object>> Kinds { get; } = [];

    public SchemaPlace Key(string key)
    {
        if (!Keys.TryGetValue(key, out SchemaPlace? place)) Keys[key] = place = new();
        return place;
    }

    public SchemaPlace Item() => Items ??= new();

    public SchemaPlace Name() => Named ??= new();

    public bool Is(ReadKind kind) => Kinds.ContainsKey(kind);

    public void Note(ReadKind kind, object? detail)
    {
        if (!Kinds.TryGetValue(kind, out List<object>? details)) Kinds[kind] = details = [];
        if (detail is not null && !details.Contains(detail)) details.Add(detail);
    }

    /// <summary>The place as it is where no list is: a single value may stand for a list of one.</summary>
    public SchemaPlace WithItems()
    {
        SchemaPlace single = new();
        foreach ((ReadKind kind, List<object> details) in Kinds.Concat(Items?.Kinds ?? []))
        {
            if (kind is ReadKind.List or ReadKind.Key or ReadKind.Mappings) continue;
            single.Note(kind, null);
            foreach (object detail in details) single.Note(kind, detail);
        }
        foreach ((string key, SchemaPlace place) in Keys.Concat(Items?.Keys ?? [])) single.Keys.TryAdd(key, place);
        return single;
    }
}
