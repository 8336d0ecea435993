using System.Diagnostics;
using System.Security.Cryptography;

namespace MultiExit.Host.Tests.Support;

/// <summary>curl, a client that is no part of this project.</summary>
internal static class Curl
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Runs curl with the arguments.</summary>
    /// <returns>Its exit code, its output, and its errors.</returns>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) => RunInAsync(null, args);

    /// <summary>Runs curl in a network namespace.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunInAsync(string? networkNamespace, params string[] args)
    {
        using Process process = Start(networkNamespace, args);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, output, await error);
    }

    /// <summary>Runs curl and hashes what it downloads.</summary>
    /// <returns>Its exit code and the SHA-256 in hexadecimal.</returns>
    public static async Task<(int ExitCode, string Hash)> HashAsync(params string[] args)
    {
        using Process process = Start(null, args);
        byte[] hash = await SHA256.HashDataAsync(process.StandardOutput.BaseStream).AsTask().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, Convert.ToHexString(hash));
    }

    private static Process Start(string? networkNamespace, string[] args)
    {
        string curl = ExternalTool.Command(ExternalTool.Curl);
        string[] command = networkNamespace is null ? [curl] : ["ip", "netns", "exec", networkNamespace, curl];
        ProcessStartInfo start = new(command[0], [.. command[1..], "--silent", "--show-error", "--max-time", "110", .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Only the proxy that the test names.
        foreach (string name in start.Environment.Keys.Where(key => key.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }
}
