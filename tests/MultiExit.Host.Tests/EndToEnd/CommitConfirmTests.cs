using System.Diagnostics;
using System.Text.Json;
using MultiExit.Engine.Status;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>Changes of <c>multiexit run</c> over its control socket that have to be confirmed, and a server that is killed meanwhile.</summary>
public sealed class CommitConfirmTests
{
    private const string More = ", { name: more, type: http, listen: \"127.0.0.1:0\" }";

    [RequiresTheory(ExternalTool.Curl)]
    [InlineData(true, false, 1)]
    [InlineData(false, false, 1)]
    [InlineData(true, true, 2)]
    [InlineData(false, true, 2)]
    public async Task A_server_killed_before_the_confirmation_comes_back_on_the_old_version(bool ownFile, bool confirm, int listeners) =>
        await ChangeAndKillAsync(ownFile, listeners, async (next, socket) =>
        {
            string[] how = ownFile ? ["-X", "PUT"] : ["-T", next];
            JsonElement waiting = await socket.AskAsync($"config?confirm_within=1h&own_file={(ownFile ? "true" : "false")}", how);
            Assert.Equal(2, waiting.GetProperty("pending").GetProperty("number").GetInt32());
            if (!confirm) return;
            JsonElement confirmed = await socket.AskAsync("config/confirm", "-X", "POST");
            Assert.Equal("confirmed", confirmed.GetProperty("version").GetProperty("outcome").GetString());
        });

    [RequiresTheory(ExternalTool.Curl, ExternalTool.PowerShell)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 2)]
    public async Task A_change_by_the_cmdlets_outlives_a_kill_only_when_it_is_confirmed(bool ownFile, bool confirm, int listeners) =>
        await ChangeAndKillAsync(ownFile, listeners, (next, socket) => RunAsync($$"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{{Path.Combine(HostProcess.RepositoryRoot, "MultiExit.psd1")}}'
            Set-MxConfig -Socket '{{socket.Path}}' {{(ownFile ? "" : $"-Path '{next}'")}} -ConfirmWithin 1h -WarningAction SilentlyContinue
            {{(confirm ? $"Confirm-MxConfig -Socket '{socket.Path}'" : "")}}
            """));

    [RequiresFact(ExternalTool.Curl)]
    public async Task A_change_goes_when_its_time_is_over_and_the_server_serves_on()
    {
        using TemporaryFolder folder = new();
        (string file, ControlSocket socket) = await WriteAsync(folder);
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", file);
        await socket.AskAsync("config?confirm_within=1s", "--data-binary", Config(More), "-X", "PUT");
        await proxy.LogLineAsync("MX1032");
        Assert.Equal(1, await socket.ListenersAsync());
        Assert.Equal("reverted", (await socket.AskAsync("versions/2")).GetProperty("outcome").GetString());
        Assert.Contains("not confirmed in time", (await socket.AskAsync("server")).GetProperty("last_reload_error").GetString(), StringComparison.Ordinal);
        Assert.Equal("ServerState", (await socket.AskAsync("config/confirm", "-X", "POST")).GetProperty("error").GetString());
    }

    [RequiresFact(ExternalTool.Curl)]
    public async Task A_change_whose_probe_fails_goes_at_once()
    {
        using EchoServer target = new();
        using TemporaryFolder folder = new();
        (string file, ControlSocket socket) = await WriteAsync(folder);
        using ProxyHost proxy = await ProxyHost.StartAsync("--config", file);
        string put = $"config?probe={target.EndPoint}";
        JsonElement refused = await socket.AskAsync(put, "--data-binary", Config(More) + "default: block\n", "-X", "PUT");
        Assert.Equal("ProbeFailed", refused.GetProperty("error").GetString());
        Assert.Equal(1, await socket.ListenersAsync());
        JsonElement taken = await socket.AskAsync(put, "--data-binary", Config(More), "-X", "PUT");
        Assert.Equal("applied", taken.GetProperty("version").GetProperty("outcome").GetString());
        Assert.Equal(2, await socket.ListenersAsync());
    }

    private static async Task ChangeAndKillAsync(bool ownFile, int listeners, Func<string, ControlSocket, Task> change)
    {
        using TemporaryFolder folder = new();
        (string file, ControlSocket socket) = await WriteAsync(folder);
        using (HostProcess killed = HostProcess.Start(["run", "--config", file]))
        {
            await killed.ReadLineAsync();
            string next = ownFile ? file : Path.Combine(folder.Path, "next.yaml");
            await File.WriteAllTextAsync(next, Config(More));
            await change(next, socket);
            Assert.Equal(2, await socket.ListenersAsync());
            killed.Signal("KILL");
            await killed.ExitAsync();
        }

        using (ProxyHost proxy = await ProxyHost.StartAsync("--config", file))
            Assert.Equal(listeners, proxy.Listeners.Count);
        // And it stays so with the next one.
        using ProxyHost again = await ProxyHost.StartAsync("--config", file);
        Assert.Equal(listeners, again.Listeners.Count);
        Assert.Equal(listeners == 2 ? "confirmed" : "reverted", (await socket.AskAsync("versions/2")).GetProperty("outcome").GetString());
    }

    private static async Task RunAsync(string script)
    {
        using Process shell = Process.Start(new ProcessStartInfo(
            ExternalTool.Command(ExternalTool.PowerShell), ["-NoProfile", "-NonInteractive", "-Command", script])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> error = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync().WaitAsync(HostProcess.Limit);
        Assert.True(shell.ExitCode == 0, await error);
    }

    private static async Task<(string File, ControlSocket Socket)> WriteAsync(TemporaryFolder folder)
    {
        string file = Path.Combine(folder.Path, "edge.yaml");
        await File.WriteAllTextAsync(file, Config(""));
        return (file, new ControlSocket(Path.Combine(folder.Path, "s")));
    }

    private static string Config(string more) =>
        $"name: edge\ninbounds: [{{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }}{more}]\n"
        + "history: { directory: history }\ncontrol: { socket: s }\n";
}
