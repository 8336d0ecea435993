using System.Text.Json;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Editing;

/// <summary>Makes nodes of the values of edits.</summary>
internal static class EditValue
{
    private const int MaxDepth = 8;

    /// <summary>The node of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Where it goes, for errors.</param>
    /// <exception cref="DocumentException">It is or holds null, or is nested too deep.</exception>
    public static ConfigNode ToNode(JsonElement value, string path) => ToNode(value, path, 0);

    private static ConfigNode ToNode(JsonElement value, string path, int depth)
    {
        if (depth > MaxDepth) throw ConfigPath.Fault(path, $"the value is nested more than {MaxDepth} levels deep");
        return value.ValueKind switch
        {
            JsonValueKind.String => new ScalarNode(default, TextOf(value, path), IsPlain: false),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new ScalarNode(default, value.GetRawText(), IsPlain: true),
            JsonValueKind.Array => new ListNode(default, [.. value.EnumerateArray().Select(item => ToNode(item, path, depth + 1))]),
            JsonValueKind.Object => ToMap(value, path, depth),
            _ => throw ConfigPath.Fault(path, "null is no value; take the key out instead"),
        };
    }

    private static MapNode ToMap(JsonElement value, string path, int depth)
    {
        List<MapEntry> entries = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string name = TextOf(property, path);
            if (!seen.Add(name)) throw ConfigPath.Fault(path, "the value has a key twice");
            entries.Add(new MapEntry(name, default, ToNode(property.Value, path, depth + 1)));
        }
        return new MapNode(default, entries);
    }

    // Half a surrogate pair is no text.
    private static string TextOf(JsonElement value, string path)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ConfigPath.Fault(path, "the value is not Unicode text");
        }
    }

    private static string TextOf(JsonProperty property, string path)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw ConfigPath.Fault(path, "the value has a key that is not Unicode text");
        }
    }
}
