using System.Diagnostics;

namespace MultiExit.Host.Tests.Support;

/// <summary>A peer written in another language for one test.</summary>
internal sealed class ScriptPeer : IDisposable
{
    private readonly Process _process;

    private ScriptPeer(Process process) => _process = process;

    /// <summary>Starts a script in the background.</summary>
    /// <param name="tool">A name of <see cref="ExternalTool"/>.</param>
    /// <param name="script">The script; its parameters are written into it.</param>
    public static ScriptPeer Start(string tool, string script)
    {
        ProcessStartInfo start = new(ExternalTool.Command(tool), [tool == ExternalTool.NodeWs ? "-e" : "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string name in start.Environment.Keys.Where(key => key.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        return new(Process.Start(start)!);
    }

    /// <summary>Runs a script to its end.</summary>
    /// <returns>Its output.</returns>
    public static async Task<string> RunAsync(string tool, string script)
    {
        using ScriptPeer peer = Start(tool, script);
        Task<string> error = peer._process.StandardError.ReadToEndAsync();
        string output = await peer._process.StandardOutput.ReadToEndAsync().WaitAsync(Curl.Limit);
        await peer._process.WaitForExitAsync().WaitAsync(Curl.Limit);
        Assert.True(peer._process.ExitCode == 0, await error);
        return output.Trim();
    }

    /// <summary>The next line that it prints.</summary>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Curl.Limit)
        ?? throw new InvalidOperationException("the peer ended: " + await _process.StandardError.ReadToEndAsync());

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
