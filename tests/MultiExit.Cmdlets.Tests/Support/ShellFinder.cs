using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MultiExit.Cmdlets.Tests.Support;

/// <summary>Finds a PowerShell that the module runs in.</summary>
internal static partial class ShellFinder
{
    private static readonly Version Oldest = new(7, 6);

    /// <summary>The command that starts it: the first of a PATH that starts and is new enough, otherwise the dotnet tool of the checkout.</summary>
    public static string[] Find(string path)
    {
        string name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        string? shell = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(file => File.Exists(file) && IsNewEnough(file));
        if (shell is not null) return [shell];
        (int exitCode, string output) = Run("dotnet", "tool", "restore");
        if (exitCode != 0)
            throw new InvalidOperationException($"no pwsh {Oldest} or later is on PATH, and `dotnet tool restore` ended with {exitCode}: {output}");
        return ["dotnet", "tool", "run", "pwsh", "--"];
    }

    private static bool IsNewEnough(string shell)
    {
        try
        {
            (int exitCode, string output) = Run(shell, "-NoProfile", "-NonInteractive", "-Command", "\"version $($PSVersionTable.PSVersion)\"");
            return exitCode == 0 && VersionPattern().Match(output) is { Success: true } match && Version.Parse(match.Groups["number"].Value) >= Oldest;
        }
        catch (Win32Exception)
        {
            return false; // it is no program
        }
    }

    private static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Session.RepositoryRoot,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string[]> output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (output.Wait(ChildShell.Limit) && process.WaitForExit(ChildShell.Limit)) return (process.ExitCode, string.Concat(output.Result).Trim());
        process.Kill(entireProcessTree: true);
        return (-1, $"it did not end within {ChildShell.Limit}");
    }

    [GeneratedRegex(@"^version (?<number>\d+\.\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();
}
