using System.Text;
using System.Text.Json;

namespace MultiExit.Host;

/// <summary>What DSC says of an instance of a resource: on standard input, as secrets may be in it.</summary>
/// <param name="Name">Which one it is; null where there is one alone.</param>
/// <param name="Socket">The control socket of the server.</param>
/// <param name="Settings">The keys of the configuration; null: only whether it is there counts.</param>
/// <param name="ConfigFile">The configuration; null where none is named.</param>
/// <param name="Exist">Whether it is to be there.</param>
internal sealed record DscInstance(string? Name, string Socket, JsonElement? Settings, string? ConfigFile, bool Exist)
{
    /// <summary>The control socket of the service of the .deb.</summary>
    public const string DefaultSocket = "/run/multiexit/control.sock";

    private const int MaxInput = 256 * 1024;

    /// <summary>Reads it.</summary>
    /// <param name="input">Where from.</param>
    /// <param name="properties">Those that it may have.</param>
    /// <param name="mayBeEmpty">Whether nothing may be there.</param>
    /// <exception cref="UsageException">It is no object, or has other properties.</exception>
    public static async Task<DscInstance> ReadAsync(TextReader input, IReadOnlyCollection<string> properties, bool mayBeEmpty = false)
    {
        char[] buffer = new char[MaxInput + 1];
        int length = await input.ReadBlockAsync(buffer).ConfigureAwait(false);
        if (length > MaxInput) throw new UsageException($"dsc: standard input has more than {MaxInput / 1024} KiB");
        string text = new(buffer, 0, length);
        if (mayBeEmpty && string.IsNullOrWhiteSpace(text)) text = "{}";
        JsonElement instance = Parse(text);
        // Standard properties of DSC that are only told come back as they went out.
        foreach (JsonProperty property in instance.EnumerateObject())
        {
            if (!properties.Contains(property.Name, StringComparer.Ordinal) && property.Name is not ("_inDesiredState" or "server" or "state" or "differences"))
                throw new UsageException($"dsc: unknown property {CommandLine.Shown(property.Name)}; expected {string.Join(", ", properties)}");
        }
        return new(Text(instance, "name"), Text(instance, "socket") ?? DefaultSocket, Settings: Object(instance, "settings"), Text(instance, "configFile"),
            !instance.TryGetProperty("_exist", out JsonElement exist) || exist.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw new UsageException("dsc: `_exist` is true or false"),
            });
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            JsonElement value = JsonSerializer.Deserialize<JsonElement>(Encoding.UTF8.GetBytes(text));
            if (value.ValueKind == JsonValueKind.Object) return value;
        }
        catch (JsonException)
        {
            // The text may be a secret: it is not shown.
        }
        throw new UsageException("dsc: standard input is no JSON object");
    }

    private static string? Text(JsonElement instance, string name)
    {
        if (!instance.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text : throw new UsageException($"dsc: `{name}` is a text that is not empty");
    }

    private static JsonElement? Object(JsonElement instance, string name)
    {
        if (!instance.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.Object ? value : throw new UsageException($"dsc: `{name}` is an object");
    }
}
