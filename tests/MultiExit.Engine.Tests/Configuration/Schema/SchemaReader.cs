using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Native;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Tests.Configuration.Schema;

/// <summary>Finds out what the loader knows by looking on while it reads documents that have something of everything.</summary>
internal sealed partial class SchemaReader
{
    // Keys whose mapping has free names; the loader reads them without a word of what they are.
    private static readonly string[] NamedKeys = ["users", "keys", "tokens", "psks", "sets", "inbounds"];

    private string[] _inbounds = [], _exits = [];

    /// <summary>The configuration without its inbounds and exits.</summary>
    public SchemaPlace Root { get; } = new();

    /// <summary>Inbounds by type.</summary>
    public Dictionary<string, SchemaPlace> Inbounds { get; } = ConfigSchema.Product.Inbounds.ToDictionary(type => type.Word, _ => new SchemaPlace());

    /// <summary>Exits by type.</summary>
    public Dictionary<string, SchemaPlace> Exits { get; } = ConfigSchema.Product.Exits.ToDictionary(type => type.Word, _ => new SchemaPlace());

    public void Read(string text)
    {
        MapNode root = Assert.IsType<MapNode>(NodeComposer.Compose(text, new ErrorList(null)));
        _inbounds = TypesOf(root, "inbounds");
        _exits = TypesOf(root, "exits");
        ConfigLoader.Parse(new ConfigDocument(text, null), null, isTextOnly: true, observer: Take);
    }

    private static string[] TypesOf(MapNode root, string list) => root.Find(list)?.Value is ListNode { Items: var items }
        ? [.. items.Select(item => ((item as MapNode)?.Find("type")?.Value as ScalarNode)?.Text ?? "")] : [];

    private void Take(ReadNote note)
    {
        if (Place(note.Path) is { } place) place.Note(note.Kind, note.Detail);
    }

    private SchemaPlace? Place(string path)
    {
        SchemaPlace place = Root;
        string parent = "";
        foreach (Match step in Step().Matches(path))
        {
            string key = step.Groups["key"].Value;
            if (step.Groups["index"].Success)
            {
                int index = int.Parse(step.Groups["index"].Value, System.Globalization.CultureInfo.InvariantCulture);
                if (place == Root.Key("inbounds")) place = Of(Inbounds, _inbounds, index);
                else if (place == Root.Key("exits")) place = Of(Exits, _exits, index);
                else place = place.Item();
                // An exit whose type its URL says.
                if (place is null) return null;
            }
            else if (NamedKeys.Contains(parent, StringComparer.Ordinal))
            {
                // The users of an inbound have the keys of those at the top.
                place = parent == "users" && Inbounds.Values.Any(inbound => inbound.Keys.GetValueOrDefault("users") == place)
                    ? Root.Key("users").Name() : place.Name();
            }
            else
            {
                SchemaPlace inner = place.Key(key);
                place = key == "auth" && Inbounds.ContainsValue(place) ? Root.Key(key) : inner;
            }
            parent = step.Groups["index"].Success ? "" : NamedKeys.Contains(parent, StringComparer.Ordinal) ? "" : key;
        }
        return place;
    }

    private static SchemaPlace Of(Dictionary<string, SchemaPlace> places, string[] types, int index) =>
        index < types.Length && places.TryGetValue(types[index], out SchemaPlace? place) ? place : null!;

    [GeneratedRegex("\\[(?<index>\\d+)\\]|\\[\"(?<key>[^\"]*)\"\\]|\\.?(?<key>[^.\\[]+)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Step();
}
