using System.Diagnostics;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>A change that nobody confirmed, and a process that is killed.</summary>
public sealed class CommitConfirmTests
{
    [RequiresTheory(ExternalTool.PowerShell)]
    [InlineData(true, false, 1)]
    [InlineData(false, false, 1)]
    [InlineData(false, true, 2)]
    public async Task A_kill_before_the_confirmation_comes_back_on_the_old_version(bool ownFile, bool confirm, int listeners)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "edge.yaml");
        string next = ownFile ? file : Path.Combine(folder.Path, "next.yaml");
        await File.WriteAllTextAsync(file, Config(""));
        string script = $$"""
            $ErrorActionPreference = 'Stop'
            Import-Module '{{Path.Combine(HostProcess.RepositoryRoot, "MultiExit.psd1")}}'
            Start-MxServer '{{file}}'
            Set-Content '{{next}}' '{{Config(", { name: more, type: http, listen: \"127.0.0.1:0\" }")}}'
            Set-MxConfig edge '{{next}}' -ConfirmWithin 1h -WarningAction SilentlyContinue
            {{(confirm ? "Confirm-MxConfig edge" : "")}}
            "listeners: $((Get-MxServer edge).Listeners.Count)"
            $null = [Console]::In.ReadLine()
            """;
        using (Process shell = Process.Start(new ProcessStartInfo(ExternalTool.Command(ExternalTool.PowerShell), ["-NoProfile", "-NonInteractive", "-Command", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!)
        {
            Assert.Equal("listeners: 2", await shell.StandardOutput.ReadLineAsync().WaitAsync(HostProcess.Limit));
            shell.Kill();
            await shell.WaitForExitAsync().WaitAsync(HostProcess.Limit);
        }

        using (ProxyHost proxy = await ProxyHost.StartAsync("--config", file))
            Assert.Equal(listeners, proxy.Listeners.Count);
        // And it stays so with the next one.
        using ProxyHost again = await ProxyHost.StartAsync("--config", file);
        Assert.Equal(listeners, again.Listeners.Count);
    }

    private static string Config(string more) =>
        $"name: edge\ninbounds: [{{ name: proxy, type: mixed, listen: \"127.0.0.1:0\" }}{more}]\nhistory: {{ directory: history }}\n";
}
