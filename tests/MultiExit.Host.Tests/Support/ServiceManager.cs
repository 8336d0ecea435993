using System.Diagnostics;

namespace MultiExit.Host.Tests.Support;

/// <summary>A service manager that opens sockets and keeps those of its service: ServiceManager.py.</summary>
internal sealed class ServiceManager : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly Task<string> _error;

    /// <param name="opensSocket">Whether it opens a socket of its own, whose port is <see cref="UnitPortAsync"/>.</param>
    /// <param name="config">The configuration that the console host runs.</param>
    public ServiceManager(bool opensSocket, string config)
    {
        string script = Path.Combine(HostProcess.RepositoryRoot, "tests", "MultiExit.Host.Tests", "Support", "ServiceManager.py");
        ProcessStartInfo start = new(
            ExternalTool.Command(ExternalTool.Python), [script, opensSocket ? "0" : "-", HostProcess.Program, "run", "--config", config])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["DOTNET_ROOT"] = HostProcess.DotnetRoot;
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>What has been printed so far, as far as it was waited for.</summary>
    public IReadOnlyList<string> Output => _output;

    public async Task<int> UnitPortAsync() => int.Parse((await WaitForAsync("UNIT "))["UNIT ".Length..]);

    public Task<string> StartAsync()
    {
        Say("start");
        return WaitForAsync("READY=1");
    }

    public Task<string> StopAsync()
    {
        Say("stop");
        return WaitForAsync("EXITED");
    }

    public Task<string> ReloadAsync()
    {
        Say("hangup");
        return WaitForAsync("READY=1");
    }

    /// <summary>Waits for a line that begins so.</summary>
    public async Task<string> WaitForAsync(string start)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(HostProcess.Limit) is { } line)
        {
            _output.Add(line);
            if (line.StartsWith(start, StringComparison.Ordinal)) return line;
        }
        throw new IOException($"the manager ended without '{start}': {await _error}");
    }

    /// <summary>Ends it with its service.</summary>
    /// <returns>What the service has written to standard error.</returns>
    public async Task<string> EndAsync()
    {
        _process.StandardInput.Close();
        return await _error.WaitAsync(HostProcess.Limit);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(HostProcess.Limit)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Say(string command) => _process.StandardInput.WriteLine(command);
}
