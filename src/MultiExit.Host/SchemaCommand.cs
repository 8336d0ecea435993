using System.Text;
using MultiExit.Engine.Control;

namespace MultiExit.Host;

/// <summary><c>multiexit schema</c></summary>
internal static class SchemaCommand
{
    /// <summary>Prints the JSON schema of the configuration, which a test makes of the loader and compares, or the OpenAPI document of the control
    /// endpoint.</summary>
    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output)
    {
        if (Options.Parse("schema", args, [], [], "--control").Has("--control"))
        {
            await output.WriteAsync(Encoding.UTF8.GetString(OpenApiDocument.Text.Span)).ConfigureAwait(false);
            return ExitCode.Ok;
        }
        using StreamReader reader = new(typeof(SchemaCommand).Assembly.GetManifestResourceStream("multiexit.schema.json")!);
        await output.WriteAsync(await reader.ReadToEndAsync().ConfigureAwait(false)).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
