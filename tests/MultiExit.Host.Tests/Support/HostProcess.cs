using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace MultiExit.Host.Tests.Support;

/// <summary>A running <c>module/bin/multiexit</c>.</summary>
internal sealed class HostProcess : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly Channel<string> _errorLines = Channel.CreateUnbounded<string>();

    private HostProcess(Process process)
    {
        _process = process;
        _error = ReadErrorAsync();
    }

    public static string RepositoryRoot { get; } = typeof(HostProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string Program { get; } =
        Path.Combine(RepositoryRoot, "module", "bin", OperatingSystem.IsWindows() ? "multiexit.exe" : "multiexit");

    /// <summary>The tests' own .NET, wherever it is installed: <c>root/shared/Microsoft.NETCore.App/version/</c>.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    public static HostProcess Start(string[] args, string? notifySocket = null, string? networkNamespace = null, string? trusted = null,
        int? descriptors = null, string? before = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        // `ip netns exec` becomes the program it starts: the process id stays.
        string[] command = networkNamespace is null ? [Program, .. args] : ["ip", "netns", "exec", networkNamespace, Program, .. args];
        // As does `exec`.
        if (descriptors is { } most) command = ["sh", "-c", $"ulimit -n {most}; exec \"$0\" \"$@\"", .. command];
        // Run by a shell in a mount namespace of its own.
        if (before is not null) command = ["unshare", "-m", "sh", "-c", $"{before} && exec \"$0\" \"$@\"", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_ROOT"] = DotnetRoot;
        start.Environment.Remove("NOTIFY_SOCKET");
        if (notifySocket is not null) start.Environment["NOTIFY_SOCKET"] = notifySocket;
        // The file that .NET on Linux takes for the system's CAs.
        if (trusted is not null) start.Environment["SSL_CERT_FILE"] = trusted;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    public int Id => _process.Id;

    /// <summary>Runs to the end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        using HostProcess host = Start(args);
        string output = await host._process.StandardOutput.ReadToEndAsync().WaitAsync(Limit);
        int exitCode = await host.ExitAsync();
        return (exitCode, output, await host.ErrorAsync());
    }

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit);

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return _process.ExitCode;
    }

    public Task<string> ErrorAsync() => _error.WaitAsync(Limit);

    /// <summary>Waits for the next line of standard error that contains a text.</summary>
    public async Task<string> ErrorLineAsync(string text)
    {
        using CancellationTokenSource limit = new(Limit);
        StringBuilder passed = new();
        try
        {
            await foreach (string line in _errorLines.Reader.ReadAllAsync(limit.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal)) return line;
                passed.AppendLine(line);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no line with '{text}' within {Limit}, only these: {passed}");
        }
        throw new IOException($"the process ended without '{text}': {await _error}");
    }

    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task<string> ReadErrorAsync()
    {
        StringBuilder all = new();
        StreamReader reader = _process.StandardError;
        while (await reader.ReadLineAsync() is { } line)
        {
            all.AppendLine(line);
            _errorLines.Writer.TryWrite(line);
        }
        _errorLines.Writer.Complete();
        return all.ToString();
    }
}
