using System.Text.Json;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Parts of a configuration of <c>multiexit run</c> that change over its control socket.</summary>
public sealed class EditTests
{
    [RequiresFact(ExternalTool.Curl)]
    public async Task A_password_changed_by_curl_outlives_a_killed_server_until_the_file_is_read_again()
    {
        using HttpOrigin origin = new();
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "server.yaml");
        ControlSocket socket = new(Path.Combine(folder.Path, "s"));
        await File.WriteAllTextAsync(file, """
            inbounds:
              - { name: proxy, type: mixed, listen: "127.0.0.1:0", users: { alice: { password: old } } } # staff
            control: { socket: s }
            history: { directory: history }
            """);
        using (HostProcess host = HostProcess.Start(["run", "--config", file]))
        {
            await host.ReadLineAsync();
            JsonElement shown = await PatchAsync(socket, """{ "set": { "inbounds[proxy].users.alice.password": "n: #w" }, "check": true }""");
            Assert.Equal("***", shown[0].GetProperty("after").GetString());
            JsonElement status = await PatchAsync(socket,
                """{ "set": { "inbounds[proxy].users.alice.password": "n: #w", "limits.users.alice.connections": 5 } }""");
            Assert.Equal("edit", status.GetProperty("version").GetProperty("why").GetString());
            Assert.Equal((407, 200), (await GetAsync(socket, origin, "alice:old"), await GetAsync(socket, origin, "alice:n: #w")));
            JsonElement refused = await PatchAsync(socket, """{ "set": { "limits.users.bob.connections": 5 } }""");
            Assert.Equal("limits.users.bob", refused.GetProperty("errors")[0].GetProperty("path").GetString());
            host.Signal("KILL");
            await host.ExitAsync();
        }
        Assert.Contains(" # staff\n", await File.ReadAllTextAsync(Path.Combine(folder.Path, "history", "2.yaml")), StringComparison.Ordinal);
        using HostProcess again = HostProcess.Start(["run", "--config", file]);
        await again.ReadLineAsync();
        Assert.Equal((407, 200), (await GetAsync(socket, origin, "alice:old"), await GetAsync(socket, origin, "alice:n: #w")));
        Assert.Equal("running", (await socket.AskAsync("reload", "-X", "POST")).GetProperty("state").GetString());
        Assert.Equal((200, 407), (await GetAsync(socket, origin, "alice:old"), await GetAsync(socket, origin, "alice:n: #w")));
        Assert.Equal(3, (await socket.AskAsync("versions")).GetArrayLength());
    }

    private static Task<JsonElement> PatchAsync(ControlSocket socket, string body) => socket.AskAsync("config", "-X", "PATCH", "--data-binary", body);

    private static async Task<int> GetAsync(ControlSocket socket, HttpOrigin origin, string login)
    {
        string? proxy = (await socket.AskAsync("server")).GetProperty("listeners")[0].GetProperty("end_point").GetString();
        (int exitCode, string output, string error) = await Curl.RunAsync(
            "--proxy", $"http://{proxy}", "--proxy-user", login, "-o", "/dev/null", "-w", "%{http_code}", $"http://{origin.EndPoint}/bytes/10");
        Assert.True(exitCode == 0, error);
        return int.Parse(output, System.Globalization.CultureInfo.InvariantCulture);
    }
}
