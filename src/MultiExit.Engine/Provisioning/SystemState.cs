using System.Text.Json;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>The rules and routes of MultiExit on the system, and those of other programs that could collide with them.</summary>
/// <param name="Ipv4">Rules and routes of IPv4.</param>
/// <param name="Ipv6">Rules and routes of IPv6.</param>
/// <param name="Firewall">The firewall program that holds the set-up, or would.</param>
/// <param name="Nat">The firewall's rules under MultiExit's names; null: there are none.</param>
internal sealed record SystemState(RoutingState Ipv4, RoutingState Ipv6, IFirewall Firewall, FirewallState? Nat)
{
    private static readonly Dictionary<string, string> NoFilters = new(StringComparer.Ordinal);

    public IEnumerable<PolicyRule> Rules => Ipv4.Rules.Concat(Ipv6.Rules);

    public IEnumerable<PolicyRoute> Routes => Ipv4.Routes.Concat(Ipv6.Routes);

    /// <summary>The rp_filter values that removal restores, by interface.</summary>
    public IReadOnlyDictionary<string, string> Filters => Nat?.Filters ?? NoFilters;

    /// <summary>Reads it.</summary>
    /// <exception cref="ProxyException">A program is missing or refuses.</exception>
    public static async Task<SystemState> ReadAsync(SnatBackend backend, ICommandRunner system, CancellationToken cancellationToken)
    {
        try
        {
            RoutingState ipv4 = await RoutingState.ReadAsync(system, false, Ip.Ours, cancellationToken).ConfigureAwait(false);
            RoutingState ipv6 = await RoutingState.ReadAsync(system, true, Ip.Ours, cancellationToken).ConfigureAwait(false);
            (IFirewall firewall, FirewallState? nat) = await Firewalls.ReadAsync(backend, system, cancellationToken).ConfigureAwait(false);
            return new(ipv4, ipv6, firewall, nat);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ProxyException(ProxyError.Provisioning, $"what ip or nft printed is not understood: {exception.Message}", exception);
        }
    }
}
