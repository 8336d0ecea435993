using System.Text.Json;

namespace MultiExit.Engine.Tests.Support;

/// <summary>What is wrong with a JSON value by a schema of an OpenAPI document, as far as our documents use schemas. A member that the schema does not have
/// is wrong here, though the document allows it: the document is to have all that is sent.</summary>
internal sealed class SchemaCheck(JsonElement document)
{
    public IEnumerable<string> Find(JsonElement schema, JsonElement value, string path = "$")
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference)) return Find(Resolve(reference.GetString()!), value, path);
        if (schema.TryGetProperty("anyOf", out JsonElement choices))
        {
            string[][] faults = [.. choices.EnumerateArray().Select(choice => Find(choice, value, path).ToArray())];
            return faults.Any(each => each.Length == 0) ? [] : faults.MinBy(each => each.Length)!;
        }
        if (!schema.TryGetProperty("type", out JsonElement type)) return [];
        string[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(each => each.GetString()!)] : [type.GetString()!];
        if (!types.Any(each => Is(each, value))) return [$"{path}: {value.ValueKind} is no {string.Join(" or ", types)}"];
        if (schema.TryGetProperty("enum", out JsonElement words) && words.EnumerateArray().All(word => word.GetString() != value.GetString()))
            return [$"{path}: there is no {value}"];
        return value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => Find(schema.GetProperty("items"), item, $"{path}[{index}]")),
            JsonValueKind.Object => FindInObject(schema, value, path),
            _ => [],
        };
    }

    private IEnumerable<string> FindInObject(JsonElement schema, JsonElement value, string path)
    {
        schema.TryGetProperty("properties", out JsonElement members);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            JsonElement known;
            if (members.ValueKind == JsonValueKind.Object && members.TryGetProperty(member.Name, out known)) { }
            else if (!schema.TryGetProperty("additionalProperties", out known))
            {
                yield return $"{path}.{member.Name} is not in the schema";
                continue;
            }
            foreach (string fault in Find(known, member.Value, $"{path}.{member.Name}")) yield return fault;
        }
        if (!schema.TryGetProperty("required", out JsonElement required)) yield break;
        foreach (JsonElement name in required.EnumerateArray())
            if (!value.TryGetProperty(name.GetString()!, out _)) yield return $"{path}.{name} is missing";
    }

    private JsonElement Resolve(string reference)
    {
        JsonElement found = document;
        foreach (string part in reference[2..].Split('/')) found = found.GetProperty(part);
        return found;
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new InvalidOperationException($"the schema has the type {type}"),
    };
}
