using System.Text.Json;
using System.Text.Json.Nodes;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary><c>multiexit dsc</c>, as its manifests say that DSC calls it.</summary>
public sealed class DscTests
{
    private static readonly string Manifests = Path.Combine(HostProcess.RepositoryRoot, "module", "dsc");

    [LinuxFact]
    public async Task An_exit_and_a_user_are_brought_to_their_desired_state_and_no_secret_comes_back()
    {
        using TemporaryFolder folder = new();
        string socket = Path.Combine(folder.Path, "s");
        using HostProcess host = await StartAsync(folder);
        JsonObject exit = new() { ["name"] = "wan2", ["socket"] = socket };
        Assert.False((bool)(await AskAsync("get", "exit", exit))["_exist"]!);
        exit["settings"] = new JsonObject
            { ["type"] = "socks5", ["server"] = "192.0.2.1:1080", ["username"] = "u", ["password"] = "Zq7secret", ["weight"] = 3 };
        Assert.False((bool)(await AskAsync("test", "exit", exit))["_inDesiredState"]!);
        Assert.Equal(0, (await RunAsync("set", "exit", exit)).ExitCode);
        JsonObject state = await AskAsync("test", "exit", exit);
        Assert.True((bool)state["_inDesiredState"]!);
        Assert.Equal((3, "***"), ((int)state["settings"]!["weight"]!, (string)state["settings"]!["password"]!));
        // What is as it is to be makes no version.
        Assert.Equal(0, (await RunAsync("set", "exit", exit)).ExitCode);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder.Path, "history"), "*.yaml").Length);
        // A secret that differs is found without being shown.
        exit["settings"]!["password"] = "another";
        Assert.False((bool)(await AskAsync("test", "exit", exit))["_inDesiredState"]!);

        JsonObject settings = new() { ["psks"] = new JsonObject { ["phone"] = new string('A', 43) + "=" } };
        JsonObject user = new() { ["name"] = "b.o b", ["socket"] = socket, ["settings"] = settings };
        Assert.Equal(0, (await RunAsync("set", "user", user)).ExitCode);
        (int exitCode, string output, string error) = await RunAsync("export", "user", new JsonObject { ["socket"] = socket });
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal(["alice", "b.o b"], output.Trim().Split('\n').Select(line => (string)JsonNode.Parse(line)!["name"]!));
        Assert.DoesNotContain("AAAA", output, StringComparison.Ordinal);
        Assert.DoesNotContain("wonderland", output, StringComparison.Ordinal);
        user["_exist"] = false;
        Assert.False((bool)(await AskAsync("test", "user", user))["_inDesiredState"]!);
        Assert.Equal(0, (await RunAsync("set", "user", user)).ExitCode);
        Assert.True((bool)(await AskAsync("test", "user", user))["_inDesiredState"]!);
    }

    [LinuxFact]
    public async Task A_server_is_brought_to_what_a_file_says()
    {
        using TemporaryFolder folder = new();
        using HostProcess host = await StartAsync(folder);
        string file = Path.Combine(folder.Path, "server.yaml");
        JsonObject server = new() { ["configFile"] = file, ["socket"] = Path.Combine(folder.Path, "s") };
        JsonObject state = await AskAsync("test", "server", server);
        Assert.Equal((true, "edge", "running"), ((bool)state["_inDesiredState"]!, (string)state["server"]!, (string)state["state"]!));
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("weight: 1", "weight: 7", StringComparison.Ordinal));
        Assert.False((bool)(await AskAsync("test", "server", server))["_inDesiredState"]!);
        Assert.Equal(0, (await RunAsync("set", "server", server)).ExitCode);
        Assert.True((bool)(await AskAsync("test", "server", server))["_inDesiredState"]!);
        await File.WriteAllTextAsync(file, "inbounds: []");
        Assert.Equal((int)ExitCode.InvalidConfiguration, (await RunAsync("set", "server", server)).ExitCode);
    }

    [Theory]
    [InlineData("get", "exit", "{}")]
    [InlineData("get", "exit", "no json")]
    [InlineData("get", "exit", "{\"name\":\"a\",\"secret\":1}")]
    [InlineData("set", "user", "{\"name\":\"a\",\"settings\":[]}")]
    [InlineData("set", "user", "{\"name\":\"a\",\"settings\":{\"tokens\":{\"t\":\"***\"}}}")]
    [InlineData("test", "exit", "{\"name\":\"a\",\"settings\":{\"type\":\"http\",\"password\":\"***\"}}")]
    [InlineData("export", "snat", "{}")]
    [InlineData("drop", "exit", "{\"name\":\"a\"}")]
    [InlineData("get", "inbound", "{\"name\":\"a\"}")]
    public async Task What_is_no_instance_is_refused(string verb, string resource, string input)
    {
        StringWriter output = new(), error = new();
        Assert.Equal(ExitCode.Usage, await CommandLine.RunAsync(["dsc", verb, resource], output, error, new StringReader(input)));
        Assert.StartsWith("multiexit: dsc: ", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("", output.ToString());
    }

    [Theory]
    [InlineData("server")]
    [InlineData("user")]
    [InlineData("exit")]
    [InlineData("snat")]
    public async Task A_manifest_calls_commands_that_there_are_and_the_schema_knows_the_properties(string name)
    {
        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Manifests, $"multiexit.{name}.dsc.resource.json")));
        JsonElement manifest = document.RootElement;
        Assert.Equal(name, manifest.GetProperty("type").GetString()!.Split('/')[1].ToLowerInvariant());
        foreach (string verb in (string[])["get", "set", "test", "export"])
        {
            if (!manifest.TryGetProperty(verb, out JsonElement command)) continue;
            Assert.Equal("multiexit", command.GetProperty("executable").GetString());
            Assert.Equal(["dsc", verb, name], command.GetProperty("args").EnumerateArray().Select(arg => arg.GetString()));
            Assert.Equal("stdin", command.GetProperty("input").GetString());
        }
        StringWriter output = new();
        JsonElement arguments = manifest.GetProperty("schema").GetProperty("command").GetProperty("args");
        string[] schemaCommand = [.. arguments.EnumerateArray().Select(arg => arg.GetString()!)];
        Assert.Equal(ExitCode.Ok, await CommandLine.RunAsync(schemaCommand, output, TextWriter.Null, TextReader.Null));
        using JsonDocument schema = JsonDocument.Parse(output.ToString());
        Assert.Equal("object", schema.RootElement.GetProperty("type").GetString());
        // DSC wants it of each resource with a test of its own.
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("_inDesiredState", out _));
    }

    private static async Task<HostProcess> StartAsync(TemporaryFolder folder)
    {
        string file = Path.Combine(folder.Path, "server.yaml");
        await File.WriteAllTextAsync(file, """
            name: edge
            users: { alice: { password: wonderland } }
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0", users: all }]
            exits: [{ name: wan1, type: direct, weight: 1 }]
            control: { socket: s }
            history: { directory: history }
            """);
        HostProcess host = HostProcess.Start(["run", "--config", file]);
        await host.ReadLineAsync();
        return host;
    }

    private static async Task<JsonObject> AskAsync(string verb, string resource, JsonObject instance)
    {
        (int exitCode, string output, string error) = await RunAsync(verb, resource, instance);
        Assert.Equal((0, ""), (exitCode, error));
        return JsonNode.Parse(output)!.AsObject();
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string verb, string resource, JsonObject instance)
    {
        StringWriter output = new(), error = new();
        ExitCode exitCode = await CommandLine.RunAsync(["dsc", verb, resource], output, error, new StringReader(instance.ToJsonString()));
        return ((int)exitCode, output.ToString(), error.ToString());
    }
}
