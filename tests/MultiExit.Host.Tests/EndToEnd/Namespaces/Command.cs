using System.Diagnostics;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd.Namespaces;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    public static bool Exists(string program) =>
        ((string[])["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin"]).Any(folder => File.Exists(Path.Combine(folder, program)));

    public static (int ExitCode, string Output, string Error) Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(HostProcess.Limit)) throw new TimeoutException($"{program} does not end");
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>Runs words separated by blanks; a failure is an exception.</summary>
    public static string Do(string words)
    {
        string[] parts = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (int exitCode, string output, string error) = Run(parts[0], parts[1..]);
        return exitCode == 0 ? output : throw new InvalidOperationException($"{words}: {error}");
    }
}
