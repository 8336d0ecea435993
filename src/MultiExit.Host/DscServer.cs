using System.Text.Json.Nodes;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary>A running server that is to serve what a file says. The server compares, so that secrets and files that the configuration names count.</summary>
internal sealed class DscServer : DscResource
{
    public override IReadOnlyList<string> Properties { get; } = ["configFile", "socket"];

    protected override string Key => "configFile";

    public override async Task<JsonObject> GetAsync(DscInstance wanted)
    {
        ServerStatus status = await new ControlClient(wanted.Socket).GetStatusAsync().ConfigureAwait(false);
        return new()
        {
            ["configFile"] = wanted.ConfigFile, ["socket"] = wanted.Socket, ["server"] = status.Name,
            ["state"] = status.State == ServerState.Running ? "running" : "draining",
        };
    }

    public override async Task<bool> IsAsWantedAsync(DscInstance wanted) =>
        (await new ControlClient(wanted.Socket).CheckConfigAsync(ConfigDocument.Read(wanted.ConfigFile!)).ConfigureAwait(false)).Count == 0;

    public override Task SetAsync(DscInstance wanted) => new ControlClient(wanted.Socket).SetConfigAsync(
        ConfigDocument.Read(wanted.ConfigFile!), new ConfigRequest { Message = "desired state" });

    protected override JsonObject Described() => new()
    {
        ["configFile"] = Text("The configuration that the server is to serve."),
        ["socket"] = Socket(),
        ["server"] = Told(Text("The server's name.")),
        ["state"] = Told(new JsonObject { ["enum"] = new JsonArray("running", "draining"), ["description"] = "Whether it accepts connections." }),
    };
}
