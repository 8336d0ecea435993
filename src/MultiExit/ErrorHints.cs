using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Preflight;

namespace MultiExit;

/// <summary>What helps against an error here and now, beyond what helps against its kind (<see cref="RecommendedActions"/>).</summary>
internal static partial class ErrorHints
{
    /// <summary>A headline, and commands; null where nothing is known.</summary>
    public static IReadOnlyList<string>? Of(ErrorRecord error) => error.Exception is not MxException own ? null : own.Reason switch
    {
        nameof(ProxyError.AddressInUse) => OfPort(own),
        "ConfigUnconfirmed" => OfChange(error),
        _ => OfVersions(error),
    };

    private static List<string>? OfPort(MxException exception)
    {
        if ((exception.InnerException as ProxyException)?.EndPoint is not { } endPoint) return null;
        if (PortOwner.Find(endPoint) is not { } owner)
        {
            return OperatingSystem.IsLinux()
                ? [$"Who holds {endPoint} is not to be seen by this user.",
                    string.Create(CultureInfo.InvariantCulture, $"sudo ss -tulnp 'sport = :{endPoint.Port}'")] : null;
        }
        List<string> hints = [$"{endPoint} is held by {owner.Name} (process {owner.ProcessId})."];
        hints.Add(owner.ProcessId == Environment.ProcessId ? "Get-MxServer"
            : string.Create(CultureInfo.InvariantCulture, $"Get-Process -Id {owner.ProcessId}"));
        return hints;
    }

    private static List<string>? OfChange(ErrorRecord error)
    {
        // A name that a server gives itself becomes part of a command here.
        if (error.TargetObject is not string server || !NameText.IsValid(server)) return null;
        string command = $"Confirm-MxConfig {server}{SocketOf(error)}";
        DateTimeOffset? until = ServerRegistry.All()
            .FirstOrDefault(each => string.Equals(each.Name, server, StringComparison.OrdinalIgnoreCase))?.Managed.Pending?.Until;
        return until is { } end && (end - DateTimeOffset.UtcNow).TotalSeconds is > 0 and var left
            ? [string.Create(CultureInfo.CurrentCulture, $"The change of {server} is rolled back in {left:0} s, unless it is confirmed before."), command]
            : [$"The change of {server} is rolled back, unless it is confirmed before.", command];
    }

    private static List<string>? OfVersions(ErrorRecord error)
    {
        if (ServerVersions.Differing(LineOf(error)) is not { } server) return null;
        bool isServerOlder = Version.TryParse(server.Version, out Version? theirs)
            && Version.TryParse(ServerVersions.Module, out Version? ours) && theirs < ours;
        return
        [
            $"The server {server.Name} is of version {server.Version}, and this module of {ServerVersions.Module}: what one of them knows the other may not.",
            isServerOlder ? $"Restart-MxServer {server.Name} -Socket {NameCompleter.Quote(server.Socket)}   # once the new program is installed"
                : "Update-PSResource MultiExit   # then start a new session",
        ];
    }

    // An error does not keep the parameters of its cmdlet, only the line.
    private static string LineOf(ErrorRecord error) => error.InvocationInfo?.Line ?? "";

    private static string SocketOf(ErrorRecord error) => Socket().Match(LineOf(error)) is { Success: true } found ? $" {found.Value}" : "";

    [GeneratedRegex(@"-Socket\s+[^\s|;]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex Socket();
}
