using System.Net;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>The seam between provisioning and the system: commands with argument arrays (never a shell), kernel settings, addresses.</summary>
internal interface ICommandRunner
{
    /// <summary>Whether this process may change the network: CAP_NET_ADMIN.</summary>
    bool MayChangeNetwork { get; }

    /// <summary>Whether a program is installed.</summary>
    bool Has(string program);

    /// <summary>Whether an address is on an interface of this host.</summary>
    bool IsOnHost(IPAddress address);

    /// <summary>The addresses of an interface; empty where it has none, or is not there.</summary>
    IReadOnlyList<IPAddress> AddressesOf(string device);

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="ProxyException">The program is missing.</exception>
    Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken);

    /// <summary>Runs a command that has to succeed, and returns its output.</summary>
    /// <exception cref="ProxyException">It is missing or failed.</exception>
    async Task<string> DemandAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(program, arguments, input, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0
            ? result.Output
            : throw new ProxyException(ProxyError.Provisioning, $"`{string.Join(' ', [program, .. arguments])}` failed: {result.Reason}");
    }

    /// <summary>Reads a setting beneath /proc/sys; null when it is not there.</summary>
    string? ReadSetting(string path);

    /// <summary>Writes it.</summary>
    /// <exception cref="ProxyException">The system refuses.</exception>
    void WriteSetting(string path, string value);
}
