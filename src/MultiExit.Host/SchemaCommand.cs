namespace MultiExit.Host;

/// <summary><c>multiexit schema</c></summary>
internal static class SchemaCommand
{
    /// <summary>Prints the JSON schema of the configuration, which a test makes of the loader and compares.</summary>
    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output)
    {
        Options.Parse("schema", args, [], []);
        using StreamReader reader = new(typeof(SchemaCommand).Assembly.GetManifestResourceStream("multiexit.schema.json")!);
        await output.WriteAsync(await reader.ReadToEndAsync().ConfigureAwait(false)).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
