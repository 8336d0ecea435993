using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace MultiExit.Soak.Servers;

/// <summary>A <c>module/bin/multiexit</c>, which may be killed and started again.</summary>
internal sealed class Server(string name, string folder) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly string Root = typeof(Server).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private readonly Lock _writing = new();
    private Process? _process;

    public string Name => name;

    public string ConfigFile { get; } = Path.Combine(folder, name + ".yaml");

    /// <summary>All that it has said, of all its lives.</summary>
    public string OutputFile { get; } = Path.Combine(folder, name + ".out");

    public ControlSocket Control { get; } = new(Path.Combine(folder, name + ".sock"));

    public int Id => _process!.Id;

    /// <summary>Starts it, and waits until it listens.</summary>
    public async Task StartAsync()
    {
        ProcessStartInfo start = new(Path.Combine(Root, "module", "bin", "multiexit"), ["run", "--config", ConfigFile])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        // That of this process: root/shared/Microsoft.NETCore.App/version/.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        // The collector runs more often than it would, so that what is resident says what is held.
        start.Environment["DOTNET_GCgen0size"] = "0x1000000";
        Process process = new() { StartInfo = start };
        TaskCompletionSource listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            Write(line.Data);
            if (line.Data is null) listens.TrySetException(new IOException($"{name} ended before it listened; {OutputFile} says why"));
            else listens.TrySetResult();
        };
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.Start();
        _process?.Dispose();
        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await listens.Task.WaitAsync(Patience);
    }

    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops it as an operator would, and waits for its end.</summary>
    /// <returns>The exit code; null when it had to be killed.</returns>
    public async Task<int?> StopAsync()
    {
        await SignalAsync("TERM");
        try
        {
            await _process!.WaitForExitAsync().WaitAsync(Patience);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Control.Dispose();
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Write(string? line)
    {
        if (line is null) return;
        lock (_writing) File.AppendAllText(OutputFile, line + "\n");
    }
}
