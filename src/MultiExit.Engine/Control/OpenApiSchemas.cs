using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace MultiExit.Engine.Control;

/// <summary>JSON schemas of what the control endpoint sends and takes, made of the types themselves and of how <see cref="ControlJson"/> writes them.</summary>
internal sealed class OpenApiSchemas
{
    private static readonly JsonSerializerOptions Options = Complete();

    private static readonly HashSet<Type> Numbers =
        [typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong)];

    private readonly Dictionary<Type, string> _names = [];

    /// <summary>The schemas of objects, by name.</summary>
    public JsonObject Components { get; } = [];

    /// <summary>The schema of a type; an object's is a reference to <see cref="Components"/>.</summary>
    public JsonObject Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return OrNull(Of(value));
        if (type == typeof(JsonElement) || type == typeof(object)) return [];
        if (type == typeof(bool)) return Simple("boolean");
        if (Numbers.Contains(type)) return Simple("integer");
        if (type == typeof(double) || type == typeof(float) || type == typeof(decimal)) return Simple("number");
        if (type == typeof(TimeSpan)) return new JsonObject { ["type"] = "number", ["description"] = "seconds" };
        if (type == typeof(DateTimeOffset)) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        JsonTypeInfo info = Options.GetTypeInfo(type);
        if (type.IsEnum && info.Kind == JsonTypeInfoKind.None && type != typeof(DayOfWeek)) return OfEnum(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => Reference(type, info),
            JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Of(info.ElementType!) },
            JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(info.ElementType!) },
            _ => Simple("string"), // addresses, end points and destinations are written as text
        };
    }

    private static JsonSerializerOptions Complete()
    {
        JsonSerializerOptions options = new(ControlJson.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        options.MakeReadOnly();
        return options;
    }

    private JsonObject Reference(Type type, JsonTypeInfo info)
    {
        if (!_names.TryGetValue(type, out string? name))
        {
            name = _names.ContainsValue(NameOf(type)) ? type.FullName!.Replace('+', '.') : NameOf(type);
            _names[type] = name;
            // Before its members, which may refer to it.
            JsonObject schema = Components[name] is JsonObject known ? known : [];
            Components[name] = schema;
            Describe(schema, info);
        }
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    // What is never null is always there; the rest may be left out.
    private void Describe(JsonObject schema, JsonTypeInfo info)
    {
        JsonObject members = [];
        JsonArray required = [];
        foreach (JsonPropertyInfo member in info.Properties.Where(member => member.Get is not null))
        {
            bool isNull = member.IsGetNullable;
            JsonObject of = Of(member.PropertyType);
            members[member.Name] = isNull && Nullable.GetUnderlyingType(member.PropertyType) is null ? OrNull(of) : of;
            if (!isNull && member.ShouldSerialize is null) required.Add(member.Name);
        }
        schema["type"] = "object";
        schema["properties"] = members;
        if (required.Count > 0) schema["required"] = required;
    }

    // NodeAnswerOfSessionRecord
    private static string NameOf(Type type) =>
        type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{NameOf(type.GenericTypeArguments[0])}" : type.Name;

    private static JsonObject OfEnum(Type type) => new()
    {
        ["type"] = "string",
        ["enum"] = new JsonArray([.. Enum.GetValues(type).Cast<object>().Distinct().Select(value => JsonSerializer.SerializeToNode(value, type, Options))]),
    };

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema.Count == 0) return schema;
        if (schema["type"] is JsonValue type && schema["enum"] is null)
        {
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
            return schema;
        }
        return new JsonObject { ["anyOf"] = new JsonArray(schema, Simple("null")) };
    }

    private static JsonObject Simple(string type) => new() { ["type"] = type };
}
