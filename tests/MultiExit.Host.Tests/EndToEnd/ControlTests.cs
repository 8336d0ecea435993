using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary><c>multiexit run</c> and curl over its control socket.</summary>
public sealed class ControlTests
{
    [RequiresFact(ExternalTool.Curl)]
    public async Task Curl_reloads_the_file_and_stops_the_server()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "server.yaml");
        ControlSocket socket = new(Path.Combine(folder.Path, "run", "s"));
        await File.WriteAllTextAsync(file, Config("one"));
        using HostProcess host = HostProcess.Start(["run", "--config", file]);
        await host.ReadLineAsync();
        Assert.Equal("one", Inbound(await socket.AskAsync("server")));

        await File.WriteAllTextAsync(file, Config("two"));
        Assert.Equal("two", Inbound(await socket.AskAsync("reload", "-X", "POST")));

        await File.WriteAllTextAsync(file, Config("three") + "nonsense: 1\n");
        JsonElement refused = await socket.AskAsync("reload", "-X", "POST");
        Assert.Equal("InvalidConfiguration", refused.GetProperty("error").GetString());
        Assert.Contains("server.yaml:4:1: nonsense: unknown key", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("two", Inbound(await socket.AskAsync("server")));

        Assert.Equal("stopped", (await socket.AskAsync("stop", "-X", "POST")).GetProperty("state").GetString());
        Assert.Equal(0, await host.ExitAsync());
        Assert.False(File.Exists(socket.Path));
        Assert.Contains("multiexit: stopped over the control socket", await host.ErrorAsync(), StringComparison.Ordinal);
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task The_socket_of_a_killed_server_is_replaced()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "server.yaml");
        ControlSocket socket = new(Path.Combine(folder.Path, "run", "s"));
        await File.WriteAllTextAsync(file, Config("one"));
        using (HostProcess killed = HostProcess.Start(["run", "--config", file]))
        {
            await killed.ReadLineAsync();
            (int busy, _, string error) = await HostProcess.RunAsync("run", "--config", file);
            Assert.NotEqual(0, busy);
            Assert.Contains("a server that runs answers there", error, StringComparison.Ordinal);
            killed.Signal("KILL");
            await killed.ExitAsync();
        }
        Assert.True(File.Exists(socket.Path));
        using HostProcess host = HostProcess.Start(["run", "--config", file]);
        await host.ReadLineAsync();
        Assert.Equal("running", (await socket.AskAsync("server")).GetProperty("state").GetString());
        host.Signal("TERM");
        Assert.Equal(0, await host.ExitAsync());
        Assert.False(File.Exists(socket.Path));
    }

    private static string Config(string inbound) =>
        $"inbounds:\n  - {{ name: {inbound}, type: mixed, listen: \"127.0.0.1:0\" }}\ncontrol: {{ socket: run/s }}\n";

    private static string? Inbound(JsonElement server) => server.GetProperty("listeners")[0].GetProperty("inbound").GetString();
}
