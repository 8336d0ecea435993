using System.Text.Json.Nodes;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Errors;

namespace MultiExit.Host;

/// <summary><c>multiexit dsc</c>: the resources of Desired State Configuration, version 3, whose manifests are in module/dsc.</summary>
internal static class DscCommand
{
    private const string Verbs = "get, set, test, export or schema", Names = "server, user, exit or snat";

    public static async Task<ExitCode> RunAsync(string[] args, TextReader input, TextWriter output)
    {
        if (args is not [var verb, var name]) throw new UsageException($"dsc: expected {Verbs}, and {Names}");
        DscResource resource = name switch
        {
            "server" => new DscServer(),
            "user" => DscPart.User,
            "exit" => DscPart.Exit,
            "snat" => new DscSnat(),
            _ => throw new UsageException($"dsc: unknown resource {CommandLine.Shown(name)}; expected {Names}"),
        };
        switch (verb)
        {
            case "schema":
                await WriteAsync(output, resource.Schema()).ConfigureAwait(false);
                return ExitCode.Ok;
            case "get":
                await WriteAsync(output, await resource.GetAsync(await ReadAsync(resource, input).ConfigureAwait(false)).ConfigureAwait(false))
                    .ConfigureAwait(false);
                return ExitCode.Ok;
            case "test":
                await WriteAsync(output, await TestAsync(resource, await ReadAsync(resource, input).ConfigureAwait(false)).ConfigureAwait(false))
                    .ConfigureAwait(false);
                return ExitCode.Ok;
            case "set":
                DscInstance wanted = await ReadAsync(resource, input).ConfigureAwait(false);
                // Nothing is changed where nothing has to be: a change would be a version, and a reload for live clients.
                if (!await resource.IsAsWantedAsync(wanted).ConfigureAwait(false)) await resource.SetAsync(wanted).ConfigureAwait(false);
                return ExitCode.Ok;
            case "export" when resource is DscPart part:
                DscInstance filter = await DscInstance.ReadAsync(input, resource.Properties, mayBeEmpty: true).ConfigureAwait(false);
                foreach (JsonObject state in await part.ExportAsync(filter).ConfigureAwait(false)) await WriteAsync(output, state).ConfigureAwait(false);
                return ExitCode.Ok;
            default:
                throw new UsageException(verb == "export" ? $"dsc: {name} cannot be exported; expected user or exit"
                    : $"dsc: unknown command {CommandLine.Shown(verb)}; expected {Verbs}");
        }
    }

    private static async Task<JsonObject> TestAsync(DscResource resource, DscInstance wanted)
    {
        bool isAsWanted = await resource.IsAsWantedAsync(wanted).ConfigureAwait(false);
        JsonObject state = await resource.GetAsync(wanted).ConfigureAwait(false);
        state["_inDesiredState"] = isAsWanted;
        return state;
    }

    private static async Task<DscInstance> ReadAsync(DscResource resource, TextReader input)
    {
        DscInstance wanted = await DscInstance.ReadAsync(input, resource.Properties).ConfigureAwait(false);
        return resource.Missing(wanted) is { } missing ? throw new UsageException($"dsc: the instance has no `{missing}`") : wanted;
    }

    // A line an instance.
    private static Task WriteAsync(TextWriter output, JsonObject value) => output.WriteLineAsync(value.ToJsonString());

    /// <summary>A configuration that has to be valid.</summary>
    public static GatewayConfig Load(string file)
    {
        ConfigResult result = ConfigLoader.LoadFile(file);
        return result.IsValid ? result.Config
            : throw new ProxyException(ProxyError.InvalidConfiguration, string.Join('\n', result.Errors.Select(error => error.ToString())));
    }
}
