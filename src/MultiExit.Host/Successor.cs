using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Management;

namespace MultiExit.Host;

/// <summary>The program of this process, started again to take over: with the same arguments, environment, user and cgroup.</summary>
internal sealed class Successor : ISuccessor
{
    private readonly Process _process;

    private Successor(Process process) => _process = process;

    /// <summary>Starts it.</summary>
    /// <exception cref="ProxyException">It cannot be started.</exception>
    public static ISuccessor Start()
    {
        if (Environment.ProcessId == 1)
        {
            throw new ProxyException(
                ProxyError.TakeoverFailed, "this process is the first one of its container, which ends with it: start another container in its place");
        }
        (string program, IReadOnlyList<string> arguments) = CommandOf(ReadCommandLine(), Environment.ProcessPath!, Environment.CurrentDirectory);
        try
        {
            return new Successor(Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            throw new ProxyException(ProxyError.TakeoverFailed, $"{program} cannot be started, and this process goes on: {exception.Message}", exception);
        }
    }

    public async Task<string> WhenEndedAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        return string.Create(CultureInfo.InvariantCulture,
            $"it ended with exit code {_process.ExitCode}; what it said is on the standard error of this process, as in the journal");
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    // The process goes on.
    public void Dispose() => _process.Dispose();

    /// <summary>The command that starts the program again, as it was started: a link that leads to another version by now is followed again.</summary>
    /// <param name="line">The words that the process was started with.</param>
    /// <param name="program">Its program, as the system has it.</param>
    /// <param name="folder">The current folder.</param>
    public static (string Program, IReadOnlyList<string> Arguments) CommandOf(IReadOnlyList<string> line, string program, string folder)
    {
        string asked = line.Count > 0 && line[0].Contains('/', StringComparison.Ordinal) ? Path.Combine(folder, line[0]) : program;
        string[] arguments = [.. line.Skip(1)];
        if (!arguments.Contains(RunCommand.Takeover, StringComparer.Ordinal)) arguments = [.. arguments, RunCommand.Takeover];
        return (File.Exists(asked) ? asked : program, arguments);
    }

    // Of .NET, the first word would be the path of the assembly.
    private static string[] ReadCommandLine() => File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
}
