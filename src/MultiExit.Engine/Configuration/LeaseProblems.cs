using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Exits;

namespace MultiExit.Engine.Configuration;

/// <summary>Finds leases of exits that could not keep their word.</summary>
internal static class LeaseProblems
{
    /// <summary>The most addresses with a lease.</summary>
    public const int MaxLeases = 256;

    /// <summary>The exits that are at fault, by their index, and why.</summary>
    public static IEnumerable<(int Exit, string Problem)> Find(GatewayConfig config)
    {
        Dictionary<IPAddress, string> leased = [];
        foreach (DirectExitConfig exit in config.Exits.OfType<DirectExitConfig>())
            if (exit is { Lease: true, Address: { } address }) leased.TryAdd(address, exit.Name);
        for (int i = 0; i < config.Exits.Count; i++)
            if (config.Exits[i] is DirectExitConfig exit && ProblemOf(exit, config, leased) is { } problem) yield return (i, problem);
    }

    private static string? ProblemOf(DirectExitConfig exit, GatewayConfig config, Dictionary<IPAddress, string> leased) => exit switch
    {
        { Lease: true, Address: null } => "is for an exit with an `address`, which is what one node at a time may use; there is none",
        { Lease: true } when config.Fleet is null => "is for the nodes of a fleet; there is no `fleet`",
        { Lease: true } when leased.Count > MaxLeases => string.Create(CultureInfo.InvariantCulture,
            $"is asked for {leased.Count} addresses; expected {MaxLeases} at most"),
        { Lease: false, Address: { } address } when leased.GetValueOrDefault(address) is { } other =>
            $"is needed, since the exit {other} has a lease of the same address",
        _ => null,
    };
}
