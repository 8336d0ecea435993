using System.Text.Json.Nodes;

namespace MultiExit.Host;

/// <summary>A resource of DSC.</summary>
internal abstract class DscResource
{
    // The canonical schemas of the properties that all resources have alike.
    private const string Standard = "https://aka.ms/dsc/schemas/v3/resource/properties/";

    /// <summary>The properties that an instance may have.</summary>
    public abstract IReadOnlyList<string> Properties { get; }

    /// <summary>The property that has to be there.</summary>
    protected abstract string Key { get; }

    /// <summary>The schema of each property that is not of all resources.</summary>
    protected abstract JsonObject Described();

    /// <summary>The state of an instance.</summary>
    public abstract Task<JsonObject> GetAsync(DscInstance wanted);

    /// <summary>Whether nothing has to be changed.</summary>
    public abstract Task<bool> IsAsWantedAsync(DscInstance wanted);

    /// <summary>Changes what has to be changed.</summary>
    public abstract Task SetAsync(DscInstance wanted);

    /// <summary>The property that an instance lacks; null when it has all.</summary>
    public string? Missing(DscInstance wanted) => (Key == "name" ? wanted.Name : wanted.ConfigFile) is null ? Key : null;

    /// <summary>The JSON schema of an instance.</summary>
    public JsonObject Schema()
    {
        JsonObject properties = Described();
        if (Properties.Contains("_exist", StringComparer.Ordinal)) properties["_exist"] = new JsonObject { ["$ref"] = Standard + "exist.json" };
        properties["_inDesiredState"] = new JsonObject { ["$ref"] = Standard + "inDesiredState.json" };
        return new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["type"] = "object",
            ["required"] = new JsonArray(Key),
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
    }

    protected static JsonObject Text(string description) => new() { ["type"] = "string", ["minLength"] = 1, ["description"] = description };

    protected static JsonObject Told(JsonObject property)
    {
        property["readOnly"] = true;
        return property;
    }

    protected static JsonObject Socket() => Text($"The control socket of the server; {DscInstance.DefaultSocket} without it.");
}
