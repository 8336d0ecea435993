using System.Text.Json;
using System.Text.Json.Nodes;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary>A part of the configuration of a running server, with a name: an exit, or a user of the top-level table. The server itself says what
/// would differ, so that secrets are compared and never shown.</summary>
internal sealed class DscPart : DscResource
{
    private const string Mask = "***";

    private readonly string _section, _what;
    private readonly Func<string, string> _path;

    private DscPart(string section, string what, Func<string, string> path) => (_section, _what, _path) = (section, what, path);

    public static DscPart Exit { get; } = new("exits", "the exit", static name => ConfigPath.AppendName("exits", name));

    public static DscPart User { get; } = new("users", "the user", static name => ConfigPath.Append("users", name));

    public override IReadOnlyList<string> Properties { get; } = ["name", "socket", "settings", "_exist"];

    protected override string Key => "name";

    public override async Task<JsonObject> GetAsync(DscInstance wanted)
    {
        return State(wanted, wanted.Name!, (await AllAsync(wanted).ConfigureAwait(false)).GetValueOrDefault(wanted.Name!));
    }

    /// <summary>All instances, or that of the name which is asked for.</summary>
    public async Task<IReadOnlyList<JsonObject>> ExportAsync(DscInstance filter) =>
        [.. (await AllAsync(filter).ConfigureAwait(false)).Where(part => filter.Name is null || part.Key == filter.Name)
            .Select(part => State(filter, part.Key, part.Value))];

    public override async Task<bool> IsAsWantedAsync(DscInstance wanted)
    {
        RefuseMasks(wanted);
        bool isThere = (await AllAsync(wanted).ConfigureAwait(false)).ContainsKey(wanted.Name!);
        if (!wanted.Exist || !isThere || wanted.Settings is not { } settings) return wanted.Exist == isThere;
        return (await Client(wanted).CheckEditsAsync([ConfigEdit.Set(_path(wanted.Name!), settings)]).ConfigureAwait(false)).Count == 0;
    }

    public override async Task SetAsync(DscInstance wanted)
    {
        RefuseMasks(wanted);
        if (wanted.Exist && wanted.Settings is null) throw new UsageException($"dsc: {_what} is not there and the instance has no `settings` to make it of");
        string path = _path(wanted.Name!);
        ConfigEdit edit = wanted.Exist ? ConfigEdit.Set(path, wanted.Settings!.Value) : ConfigEdit.Remove(path);
        await Client(wanted).EditConfigAsync([edit], new ConfigRequest { Message = "desired state" }).ConfigureAwait(false);
    }

    protected override JsonObject Described() => new()
    {
        ["name"] = Text($"The name of {_what}."),
        ["socket"] = Socket(),
        ["settings"] = new JsonObject
        {
            ["type"] = "object", ["description"] = $"The keys of {_what} as in the configuration, all of them; secrets are shown as ***.",
        },
    };

    // What was exported has them in place of its secrets, and everybody knows them.
    private static void RefuseMasks(DscInstance wanted)
    {
        if (wanted.Settings is { } settings && HasMask(settings))
            throw new UsageException("dsc: `settings` has *** in place of a secret, as `get` and `export` show it; the secret itself has to stand there");
    }

    private static bool HasMask(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(property => HasMask(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(HasMask),
        JsonValueKind.String => value.GetString() == Mask,
        _ => false,
    };

    private static ControlClient Client(DscInstance wanted) => new(wanted.Socket);

    private async Task<Dictionary<string, JsonObject>> AllAsync(DscInstance wanted) =>
        DscSettings.Of((await Client(wanted).GetConfigAsync().ConfigureAwait(false)).Settings, _section);

    private static JsonObject State(DscInstance wanted, string name, JsonObject? settings)
    {
        JsonObject state = new() { ["name"] = name, ["socket"] = wanted.Socket, ["_exist"] = settings is not null };
        if (settings is null) return state;
        settings.Remove("name");
        state["settings"] = settings;
        return state;
    }
}
