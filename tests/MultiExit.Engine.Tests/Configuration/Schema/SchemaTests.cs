using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Tests.Configuration.Schema;

/// <summary>module/multiexit.schema.json is what the loader knows, with what docs/configuration.md says of it.</summary>
public sealed class SchemaTests
{
    private static readonly string[] FreeNames = ["users", "keys", "tokens", "psks", "sets"];

    private const string Update = "MULTIEXIT_WRITE_SCHEMA";

    private static readonly string Root = typeof(SchemaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private static readonly string File = Path.Combine(Root, "module", "multiexit.schema.json");
    private static readonly string Text = System.IO.File.ReadAllText(ConfigAssert.Sample("configuration.md"));
    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromText(System.IO.File.ReadAllText(File)));

    [Fact]
    public void It_is_made_of_what_the_loader_asks_for()
    {
        SchemaReader reader = new();
        foreach (string document in SchemaDocuments.All(Text)) reader.Read(document);
        SchemaWriter writer = new(reader, new SchemaRows(Text), KeyMatrixTests.Column);
        string made = writer.Write().ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) + "\n";
        if (Environment.GetEnvironmentVariable(Update) == "1") System.IO.File.WriteAllText(File, made);
        Assert.True(writer.Unknown.Count == 0, string.Join("\n", writer.Unknown));
        Assert.True(made == System.IO.File.ReadAllText(File), $"{File} is of another loader; run this test with {Update}=1 in the environment");
    }

    [Fact]
    public void Every_example_of_the_documents_and_of_the_module_is_valid()
    {
        List<(string Name, string Text)> examples = [.. SchemaDocuments.Examples(Text).Select((text, index) => ($"example {index + 1}", text))];
        foreach (string file in Directory.GetFiles(Path.Combine(Root, "module", "examples"), "*.yaml")) examples.Add((file, System.IO.File.ReadAllText(file)));
        examples.Add(("of the packages", System.IO.File.ReadAllText(Path.Combine(Root, "module", "build", "debian", "server.yaml"))));
        Assert.True(examples.Count > 20, $"only {examples.Count} examples were found");
        Assert.All(examples, example => Assert.True(Faults(example.Text) is "", $"{example.Name}: {Faults(example.Text)}\n{example.Text}"));
    }

    [Fact]
    public void Every_key_of_the_documents_is_in_it()
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        Collect(JsonNode.Parse(System.IO.File.ReadAllText(File))!, known);
        Assert.All(new SchemaRows(Text).Keys.SelectMany(key => key.Split('.')), key => Assert.Contains(key, known));
    }

    [Fact]
    public void An_unknown_key_anywhere_is_refused_by_it_as_by_the_loader()
    {
        HashSet<string> tried = new(StringComparer.Ordinal);
        foreach (string example in SchemaDocuments.Examples(Text))
        {
            MapNode root = Assert.IsType<MapNode>(NodeComposer.Compose(example, new ErrorList(null)));
            foreach (string path in MappingsOf(root))
            {
                JsonNode document = Json(root), mapping = At(document, path);
                if (!tried.Add($"{string.Concat(path.Where(c => !char.IsAsciiDigit(c)))} {mapping["type"]}")) continue;
                mapping["zzzzzz"] = JsonValue.Create(1);
                bool refused = ConfigLoader.Parse(new ConfigDocument(document.ToJsonString(), null), null, isTextOnly: true).Errors.Count > 0;
                Assert.True(
                    refused == (Schema.Value.Evaluate(document).IsValid is false),
                    $"{path}: the loader {(refused ? "refuses" : "takes")} zzzzzz, in\n{example}");
            }
        }
        Assert.True(tried.Count > 40, $"only {tried.Count} mappings were tried");
    }

    [Theory]
    [InlineData("inbounds: [{ name: a, type: mixd, listen: \":1\" }]")]
    [InlineData("inbounds: [{ name: a, type: mixed }]")]
    [InlineData("inbounds: [{ name: a, type: mixed, listen: \":1\", bind: maybe }]")]
    [InlineData("inbounds: [{ name: a, type: mixed, listen: \":1\", bind_timeout: 5 }]")]
    [InlineData("inbounds: [{ name: a, type: http, listen: \":1\", bind: true }]")]
    [InlineData("inbounds: [{ name: a, type: mixed, listen: \":1\" }]\nlimits: { connections: 0 }")]
    [InlineData("inbounds: [{ name: a, type: mixed, listen: \":1\" }]\nroutes: [{ ports: 1, exit: a, action: drop }]")]
    [InlineData("inbounds: [{ name: a, type: mixed, listen: \":1\" }]\nexits: [{ name: b, type: direct, weight: 1001 }]")]
    [InlineData("exits: []")]
    public void It_refuses_what_the_loader_refuses(string text)
    {
        Assert.NotEmpty(ConfigLoader.Parse(text).Errors);
        Assert.NotEqual("", Faults(text));
    }

    private static string Faults(string text)
    {
        MapNode root = Assert.IsType<MapNode>(NodeComposer.Compose(text, new ErrorList(null)));
        if (Schema.Value.Evaluate(Json(root)).IsValid) return "";
        EvaluationResults results = Schema.Value.Evaluate(Json(root), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return string.Join("; ", results.Details.Where(detail => detail.HasErrors)
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")));
    }

    private static JsonNode Json(ConfigNode node) => node switch
    {
        MapNode map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Json(entry.Value)))),
        ListNode list => new JsonArray([.. list.Items.Select(Json)]),
        ScalarNode scalar => Scalar(scalar),
        _ => throw new InvalidOperationException(node.Kind),
    };

    private static JsonNode Scalar(ScalarNode scalar)
    {
        if (scalar.IsPlain && ValueReader.FlagOf(scalar) is { } flag) return JsonValue.Create(flag);
        if (scalar.IsPlain && long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return JsonValue.Create(number);
        return JsonValue.Create(scalar.Text);
    }

    // As JSON pointers.
    private static IEnumerable<string> MappingsOf(ConfigNode node, string path = "") => node switch
    {
        // One that holds free names has no keys to be known.
        MapNode map => map.Entries.SelectMany(entry => MappingsOf(entry.Value, $"{path}/{entry.Key}"))
            .Concat(FreeNames.Contains(path.Split('/')[^1], StringComparer.Ordinal) ? [] : [path]),
        ListNode list => list.Items.SelectMany((item, index) => MappingsOf(item, $"{path}/{index}")),
        _ => [],
    };

    private static JsonNode At(JsonNode node, string path)
    {
        foreach (string step in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node is JsonArray ? node[int.Parse(step, CultureInfo.InvariantCulture)]! : node[step]!;
        return node;
    }

    private static void Collect(JsonNode node, HashSet<string> keys)
    {
        if (node is JsonArray items)
        {
            foreach (JsonNode? item in items) Collect(item!, keys);
        }
        else if (node is JsonObject mapping)
        {
            foreach ((string key, JsonNode? value) in mapping)
            {
                if (key == "properties") keys.UnionWith(((JsonObject)value!).Select(property => property.Key));
                Collect(value!, keys);
            }
        }
    }
}
