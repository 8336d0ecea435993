using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MultiExit.Host;

/// <summary>The parts of a configuration with a name, of the lines in which a server says what is configured: keys that are not there have their
/// defaults, and secrets are masked.</summary>
internal static partial class DscSettings
{
    /// <summary>Reads the parts of a section.</summary>
    /// <param name="lines">Each a key with its value, <c>exits[wan1].weight: 2</c>.</param>
    /// <param name="section">The section, <c>exits</c>.</param>
    public static Dictionary<string, JsonObject> Of(IReadOnlyList<string> lines, string section)
    {
        Dictionary<string, JsonObject> parts = new(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            (List<string> steps, string value) = Split(line);
            if (steps.Count < 2 || steps[0] != section) continue;
            if (!parts.TryGetValue(steps[1], out JsonObject? part)) parts[steps[1]] = part = [];
            if (steps.Count > 2) Put(part, steps[2..], value);
        }
        return parts;
    }

    private static (List<string> Steps, string Value) Split(string line)
    {
        List<string> steps = [];
        int at = 0;
        while (at < line.Length && line[at] != ':' && Step().Match(line, at) is { Success: true } step)
        {
            steps.Add(step.Groups["json"] is { Success: true } quoted ? JsonSerializer.Deserialize<string>(quoted.Value)! : step.Groups["key"].Value);
            at += step.Length;
        }
        return (steps, at < line.Length ? line[(at + 1)..].TrimStart() : "");
    }

    private static void Put(JsonObject part, List<string> keys, string value)
    {
        foreach (string key in keys[..^1])
        {
            if (part[key] is not JsonObject inner) part[key] = inner = [];
            part = inner;
        }
        part[keys[^1]] = value is ['[', .. string items, ']']
            ? new JsonArray([.. items.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Value)]) : Value(value);
    }

    private static JsonNode Value(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : text,
    };

    [GeneratedRegex("""\G(\.?(?<key>[\w-]+)|\[(?<json>"(\\.|[^"\\])*")\]|\[(?<key>[^\]"]+)\])""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();
}
