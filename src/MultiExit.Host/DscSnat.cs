using System.Text.Json.Nodes;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Host;

/// <summary>The policy routing and source NAT that a configuration asks for, on this host.</summary>
internal sealed class DscSnat : DscResource
{
    public override IReadOnlyList<string> Properties { get; } = ["configFile"];

    protected override string Key => "configFile";

    public override async Task<JsonObject> GetAsync(DscInstance wanted)
    {
        IReadOnlyList<SetupDifference> differences = await VerifyAsync(wanted).ConfigureAwait(false);
        return new()
        {
            ["configFile"] = wanted.ConfigFile, ["differences"] = new JsonArray([.. differences.Select(difference => JsonValue.Create(difference.Message))]),
        };
    }

    public override async Task<bool> IsAsWantedAsync(DscInstance wanted) => (await VerifyAsync(wanted).ConfigureAwait(false)).Count == 0;

    public override Task SetAsync(DscInstance wanted) => Manager(wanted).ApplyAsync();

    protected override JsonObject Described() => new()
    {
        ["configFile"] = Text("The configuration whose `snat` section and direct exits are to be in place."),
        ["differences"] = Told(new JsonObject
        {
            ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" }, ["description"] = "What the system lacks of it.",
        }),
    };

    private static SnatManager Manager(DscInstance wanted) => new(DscCommand.Load(wanted.ConfigFile!));

    private static Task<IReadOnlyList<SetupDifference>> VerifyAsync(DscInstance wanted) => Manager(wanted).VerifyAsync();
}
