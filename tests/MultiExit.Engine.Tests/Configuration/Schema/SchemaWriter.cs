using System.Text.Json.Nodes;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Tests.Configuration.Schema;

/// <summary>Writes a JSON schema of what a <see cref="SchemaReader"/> found.</summary>
internal sealed class SchemaWriter(SchemaReader read, SchemaRows rows, Func<string, string, IReadOnlyDictionary<string, string>> matrix)
{
    /// <summary>The places of which nothing is known but that they are there.</summary>
    public List<string> Unknown { get; } = [];

    public JsonObject Write()
    {
        JsonObject properties = Properties(read.Root, [], null);
        JsonObject users = properties["users"]!.AsObject(), auth = properties["auth"]!.AsObject();
        JsonNode user = users["additionalProperties"]!;
        users["additionalProperties"] = Ref("user");
        properties["auth"] = Described(Ref("auth"), auth);
        properties["inbounds"] = ListOf("inbounds", "inbound", read.Inbounds.Keys, required: ["name", "type", "listen"]);
        properties["exits"] = ListOf("exits", "exit", read.Exits.Keys, required: ["name"]);
        JsonObject definitions = new()
        {
            ["text"] = new JsonObject { ["type"] = Array("string", "number", "boolean") },
            ["duration"] = Pattern("^[0-9]{1,10}(ms|s|m|h|d)$", "a whole number with ms, s, m, h or d"),
            ["size"] = Pattern("^[0-9]{1,9}(B|KB|MB|GB|KiB|MiB|GiB)$", "a whole number with B, KB, MB, GB, KiB, MiB or GiB"),
            ["byteRate"] = Pattern("^[0-9]{1,9}(B|KB|MB|GB|KiB|MiB|GiB)/s$", "a size a second, such as 10MB/s"),
            ["rate"] = Pattern("^[0-9]{1,10}/s$", "a whole number a second, such as 20/s"),
            ["file"] = AnyOf(Text(), Reference("credential")),
            ["secret"] = AnyOf(Text(), Reference("env"), Reference("file"), Reference("credential")),
            ["user"] = user,
            ["auth"] = auth,
            ["conditions"] = Mapping(read.Root.Key("routes").Item().Key("not"), ["routes", "not"], null),
        };
        foreach ((string word, SchemaPlace place) in read.Inbounds) definitions[$"inbound.{word}"] = Typed("inbounds", word, place);
        foreach ((string word, SchemaPlace place) in read.Exits) definitions[$"exit.{word}"] = Typed("exits", word, place);
        return new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "MultiExit configuration",
            ["description"] = "A configuration in the native schema. The loader checks more: `multiexit check --config FILE`.",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["required"] = Array("inbounds"),
            ["$defs"] = definitions,
        };
    }

    private static JsonObject ListOf(string list, string item, IEnumerable<string> words, string[] required)
    {
        string[] all = [.. words];
        JsonArray cases = [];
        foreach (string word in all)
        {
            cases.Add(new JsonObject
            {
                ["if"] = new JsonObject
                {
                    ["properties"] = new JsonObject { ["type"] = new JsonObject { ["const"] = word } }, ["required"] = Array("type"),
                },
                ["then"] = Ref($"{item}.{word}"),
            });
        }
        return new()
        {
            ["description"] = list == "inbounds" ? "Where clients come in, at least one." : "The ways out, beside `direct` and `block`, which always exist.",
            ["type"] = "array",
            ["items"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["type"] = new JsonObject { ["enum"] = Array(all) } },
                ["required"] = Array(required),
                ["allOf"] = cases,
            },
        };
    }

    private JsonObject Typed(string list, string word, SchemaPlace place)
    {
        IReadOnlyDictionary<string, string> column = matrix(list, word);
        // Some keys are known in order to be refused by name.
        foreach (string key in place.Keys.Keys.Where(key => !column.ContainsKey(key)).ToList()) place.Keys.Remove(key);
        JsonObject mapping = Mapping(place, [list], word);
        // The type of an exit may be that of its URL.
        mapping["required"] = Array([.. column
            .Where(cell => cell.Value == "must" && !(list == "exits" && cell.Key is "type" or "key" or "method" or "password"))
            .Select(cell => cell.Key).Where(key => !(list == "inbounds" && word == "tunnel" && key == "key"))]);
        mapping["properties"]!["type"] = new JsonObject { ["const"] = word };
        return mapping;
    }

    private JsonObject Mapping(SchemaPlace place, string[] path, string? type)
    {
        JsonObject mapping = new() { ["type"] = "object", ["properties"] = Properties(place, path, type), ["additionalProperties"] = false };
        string[] required = [.. place.Keys.Keys.Order(StringComparer.Ordinal).Where(key => IsRequired([.. path, key], type))];
        if (required.Length > 0) mapping["required"] = Array(required);
        return mapping;
    }

    // A group has other members beside `exits`, and a user of the dashboard a hash in place of `password`.
    private bool IsRequired(string[] path, string? type) =>
        path is not (["groups", "exits"] or ["dashboard", "users", "password"]) && rows.Find(path, type)?.IsRequired == true;

    private JsonObject Properties(SchemaPlace place, string[] path, string? type)
    {
        JsonObject properties = [];
        foreach ((string key, SchemaPlace inner) in place.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (path.Length == 0 && key is "inbounds" or "exits") continue;
            string[] keys = [.. path, key];
            JsonObject value = key switch
            {
                "not" or "any" or "all" when path is ["routes", ..] => Conditions(key),
                "auth" when path is ["inbounds"] => Ref("auth"),
                "users" when path is ["inbounds"] => UsersOf(),
                // What the loader compares with words of its own.
                "server" when path is ["exits"] => Text(),
                "hedge" => AnyOf(new() { ["enum"] = new JsonArray("off", "auto", false) }, Ref("duration")),
                "publish" => AnyOf(new() { ["type"] = "boolean" }, Value(inner, keys, type)),
                "config" when path[^1] == "ech" => AnyOf(Text(), Reference("file")),
                _ => Value(inner, keys, type),
            };
            if (value.Count == 0) Unknown.Add($"{string.Join('.', keys)} ({type})");
            if (rows.Find(keys, type) is { } row) value["description"] = row.Description;
            properties[key] = value;
        }
        return properties;
    }

    private static JsonObject UsersOf() => AnyOf(
        new() { ["const"] = "all" }, new() { ["type"] = "array", ["items"] = Text() },
        new() { ["type"] = "object", ["additionalProperties"] = Ref("user") });

    private static JsonObject Described(JsonObject value, JsonObject other)
    {
        if (other["description"]?.GetValue<string>() is { } text) value["description"] = text;
        other.Remove("description");
        return value;
    }

    private static JsonObject Conditions(string key) =>
        key == "not" ? Ref("conditions") : new() { ["type"] = "array", ["items"] = Ref("conditions") };

    private JsonObject Value(SchemaPlace place, string[] path, string? type)
    {
        List<JsonObject> forms = [];
        if (place.Named is { } named) forms.Add(new() { ["type"] = "object", ["additionalProperties"] = Value(named, path, type) });
        if (place.Is(ReadKind.Mappings))
            forms.Add(new() { ["type"] = "array", ["items"] = Mapping(place.Item(), path, type) });
        else if (place.Is(ReadKind.List) || place.Items is not null)
            forms.Add(new() { ["type"] = "array", ["items"] = ItemOf(place, path, type) });
        forms.AddRange(Forms(place.Is(ReadKind.List) ? place.WithItems() : place, path, type));
        if (place.Is(ReadKind.List) && forms.Count == 1) forms.Add(ItemOf(place, path, type));
        return AnyOf([.. forms]);
    }

    // Without a word of what they are, the loader reads their text itself.
    private JsonObject ItemOf(SchemaPlace place, string[] path, string? type) =>
        AnyOf([.. Forms(place.WithItems(), path, type)]) is { Count: > 0 } item ? item : Text();

    private IEnumerable<JsonObject> Forms(SchemaPlace place, string[] path, string? type)
    {
        if (place.Keys.Count > 0) yield return Mapping(place, path, type);
        // A name that is looked at as text, and then as one of some words, is one of the words.
        if (place.Is(ReadKind.Secret)) yield return Ref("secret");
        else if (place.Is(ReadKind.File)) yield return Ref("file");
        else if (place.Kinds.TryGetValue(ReadKind.Choice, out List<object>? words))
            yield return new() { ["enum"] = Array([.. words.Cast<IEnumerable<string>>().SelectMany(word => word).Distinct(StringComparer.Ordinal)]) };
        else if (place.Is(ReadKind.Text)) yield return Text();
        if (place.Is(ReadKind.Flag)) yield return new() { ["type"] = "boolean" };
        foreach (JsonObject number in place.Kinds.Values.SelectMany(details => details).OfType<KeyRange>().Select(Number)) yield return number;
    }

    private static JsonObject Number(KeyRange range) => range switch
    {
        IntegerRange numbers => new() { ["type"] = "integer", ["minimum"] = numbers.Min, ["maximum"] = numbers.Max },
        ShareRange shares => new() { ["type"] = "number", ["minimum"] = shares.Min, ["maximum"] = shares.Max },
        DurationRange => Ref("duration"),
        RateRange => Ref("rate"),
        SizeRange sizes => Ref(sizes.IsRate ? "byteRate" : "size"),
        _ => throw new InvalidOperationException($"{range} is of no known kind"),
    };

    private static JsonObject AnyOf(params JsonObject[] forms)
    {
        JsonObject[] different = [.. forms.DistinctBy(form => form.ToJsonString())];
        return different switch { [] => [], [var only] => only, _ => new() { ["anyOf"] = new JsonArray([.. different]) } };
    }

    private static JsonObject Reference(string key) => new()
    {
        ["type"] = "object", ["properties"] = new JsonObject { [key] = Text() }, ["additionalProperties"] = false, ["required"] = Array(key),
    };

    private static JsonObject Pattern(string pattern, string description) =>
        new() { ["type"] = "string", ["pattern"] = pattern, ["description"] = description };

    private static JsonObject Text() => Ref("text");

    private static JsonObject Ref(string definition) => new() { ["$ref"] = $"#/$defs/{definition}" };

    private static JsonArray Array(params string[] words) => new([.. words.Select(word => JsonValue.Create(word))]);
}
