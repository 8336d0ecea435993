using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MultiExit.Cmdlets.Tests.Support;

/// <summary>A pwsh of its own with the module of this checkout: the one on PATH, otherwise the dotnet tool.</summary>
internal sealed class ChildShell : IDisposable
{
    // It starts in seconds on an idle machine.
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly Lazy<string[]> Command = new(() => ShellFinder.Find(Environment.GetEnvironmentVariable("PATH") ?? ""));

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    public ChildShell(string script)
    {
        string[] command = [.. Command.Value, "-NoProfile", "-NonInteractive", "-Command",
            $"$ErrorActionPreference = 'Stop'; Import-Module '{Session.Manifest}'; \"pid $PID\"; {script}"];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true,
            WorkingDirectory = Session.RepositoryRoot,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <summary>The process that runs PowerShell: the dotnet tool is a child of the started process.</summary>
    public int Id { get; private set; }

    /// <summary>The next line of the script's output.</summary>
    public async Task<string> ReadLineAsync()
    {
        if (Id == 0) Id = int.Parse((await NextAsync())["pid ".Length..]);
        return await NextAsync();
    }

    /// <summary>Writes an empty line to its input.</summary>
    public void WriteLine()
    {
        _process.StandardInput.WriteLine();
        _process.StandardInput.Flush();
    }

    /// <summary>Sends a signal: TERM, INT, HUP.</summary>
    public void Signal(string name)
    {
        int number = name switch { "HUP" => 1, "INT" => 2, "TERM" => 15, _ => throw new ArgumentOutOfRangeException(nameof(name), name, null) };
        if (Kill(Id, number) != 0) throw new InvalidOperationException($"kill fails: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);

    /// <summary>Waits for the end.</summary>
    public async Task<(int ExitCode, string[] Output)> EndAsync()
    {
        string rest = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return (_process.ExitCode, rest.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit(Limit);
        _process.Dispose();
    }

    private async Task<string> NextAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit) ?? throw new InvalidOperationException($"pwsh ended early: {_errors}");
}
