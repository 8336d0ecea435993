using System.Diagnostics;

namespace MultiExit.Host.Tests.Support;

/// <summary>A command of the shell that has to succeed.</summary>
internal static class Shell
{
    /// <summary>Runs it to its end.</summary>
    public static async Task RunAsync(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", command])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Curl.Limit);
        Assert.True(process.ExitCode == 0, $"{command}: {await output}{await error}");
    }
}
