using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>The real system.</summary>
internal sealed class SystemCommandRunner : ICommandRunner
{
    // CAP_NET_ADMIN is bit 12 (capabilities(7)).
    private const int CapNetAdmin = 12;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly string[] AdminFolders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    public bool MayChangeNetwork
    {
        get
        {
            const string Effective = "CapEff:";
            string? line = File.Exists("/proc/self/status")
                ? File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Effective, StringComparison.Ordinal))
                : null;
            return line is not null && ulong.TryParse(line.AsSpan(Effective.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong set)
                && (set & (1ul << CapNetAdmin)) != 0;
        }
    }

    public bool Has(string program) => Find(program) is not null;

    public bool IsOnHost(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(device => device.GetIPProperties().UnicastAddresses)
        .Any(own => own.Address.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes()));

    public IReadOnlyList<IPAddress> AddressesOf(string device) => [.. NetworkInterface.GetAllNetworkInterfaces()
        .Where(candidate => candidate.Name == device)
        .SelectMany(candidate => candidate.GetIPProperties().UnicastAddresses).Select(own => own.Address)];

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new ProxyException(ProxyError.Provisioning, $"{start.FileName} cannot be started: {exception.Message}", exception);
        }
    }

    public async Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        string path = Find(program) ?? throw new ProxyException(ProxyError.Provisioning,
            $"the program {program} is not installed; install the package {PackageOf(program)}");
        ProcessStartInfo start = new(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = "C";
        using Process process = Start(start);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await GiveAsync(process.StandardInput, input, limit.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return new(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProxyException(ProxyError.Provisioning, $"{program} did not end within {DurationText.Seconds(Limit)}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static async Task GiveAsync(StreamWriter writer, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null) await writer.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            writer.Close();
        }
        catch (IOException)
        {
            // The command ended without reading all of its input; its exit code and its output say why.
        }
    }

    public string? ReadSetting(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    public void WriteSetting(string path, string value)
    {
        try
        {
            File.WriteAllText(path, value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProxyException(ProxyError.Provisioning, $"{path} cannot be set to {value}: {exception.Message}", exception);
        }
    }

    private static string PackageOf(string program) => program switch
    {
        "ip" => "iproute2",
        "nft" => "nftables",
        "systemctl" => "systemd",
        _ => "iptables",
    };

    // A service's PATH often lacks the folders of administrators' programs.
    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Concat(AdminFolders).Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
