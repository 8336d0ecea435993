using System.Text.Json;

namespace MultiExit.Engine.Provisioning;

/// <summary>What the system has of ours, and what of others could collide with it.</summary>
/// <param name="Ipv4">Rules and routes of IPv4.</param>
/// <param name="Ipv6">Rules and routes of IPv6.</param>
/// <param name="Nft">Our table; null when there is none.</param>
internal sealed record SystemState(RoutingState Ipv4, RoutingState Ipv6, NftState? Nft)
{
    public IEnumerable<PolicyRule> Rules => Ipv4.Rules.Concat(Ipv6.Rules);

    public IEnumerable<PolicyRoute> Routes => Ipv4.Routes.Concat(Ipv6.Routes);

    /// <summary>Reads it.</summary>
    /// <exception cref="ProxyException">A program is missing or refuses.</exception>
    public static async Task<SystemState> ReadAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        try
        {
            RoutingState ipv4 = await ReadRoutingAsync(system, false, cancellationToken).ConfigureAwait(false);
            RoutingState ipv6 = await ReadRoutingAsync(system, true, cancellationToken).ConfigureAwait(false);
            return new(ipv4, ipv6, await ReadNftAsync(system, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ProxyException(ProxyError.Provisioning, $"what ip or nft printed is not understood: {exception.Message}", exception);
        }
    }

    /// <summary>Runs a command that has to succeed.</summary>
    /// <exception cref="ProxyException">It failed.</exception>
    public static async Task<string> RunAsync(
        ICommandRunner system, string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        CommandResult result = await system.RunAsync(program, arguments, input, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0
            ? result.Output
            : throw new ProxyException(ProxyError.Provisioning, $"`{program} {string.Join(' ', arguments)}` failed: {result.Reason}");
    }

    private static async Task<RoutingState> ReadRoutingAsync(ICommandRunner system, bool isIpv6, CancellationToken cancellationToken) =>
        RoutingState.Parse(isIpv6,
            await RunAsync(system, "ip", ["-N", "-j", Ip.Family(isIpv6), "rule", "show"], null, cancellationToken).ConfigureAwait(false),
            await RunAsync(system, "ip", ["-N", "-j", Ip.Family(isIpv6), "route", "show", "table", "all"], null, cancellationToken).ConfigureAwait(false));

    private static async Task<NftState?> ReadNftAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        string tables = await RunAsync(system, "nft", ["list", "tables"], null, cancellationToken).ConfigureAwait(false);
        if (!tables.Split('\n').Contains($"table inet {NftRuleset.Table}", StringComparer.Ordinal)) return null;
        return NftState.Parse(await RunAsync(
            system, "nft", ["-j", "list", "table", "inet", NftRuleset.Table], null, cancellationToken).ConfigureAwait(false));
    }
}
