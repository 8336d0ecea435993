using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests;

public sealed class SchemaCommandTests
{
    [Fact]
    public async Task The_schema_of_the_configuration_is_printed()
    {
        (int exitCode, string output, string error) = await HostProcess.RunAsync("schema");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(HostProcess.RepositoryRoot, "module", "multiexit.schema.json")), output);
        using JsonDocument schema = JsonDocument.Parse(output);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.RootElement.GetProperty("$schema").GetString());
    }

    [Fact]
    public async Task The_OpenAPI_document_of_the_control_endpoint_is_printed()
    {
        (int exitCode, string output, string error) = await HostProcess.RunAsync("schema", "--control");
        Assert.Equal((0, ""), (exitCode, error));
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal("3.1.0", document.RootElement.GetProperty("openapi").GetString());
        Assert.Equal("write", document.RootElement.GetProperty("paths").GetProperty("/stop").GetProperty("post").GetProperty("x-access").GetString());
    }

    [Fact]
    public async Task It_takes_no_other_arguments() => Assert.Equal((int)ExitCode.Usage, (await HostProcess.RunAsync("schema", "--config", "a.yaml")).ExitCode);
}
