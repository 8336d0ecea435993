using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>Which firewall program holds the set-up, or is to hold it.</summary>
internal static class Firewalls
{
    private static readonly NftFirewall Nft = new();
    private static readonly IptablesFirewall Iptables = new();

    /// <summary>The program that a plan is shown for.</summary>
    public static IFirewall Choose(SnatBackend wanted, ICommandRunner system) =>
        wanted == SnatBackend.Iptables || (wanted == SnatBackend.Auto && !Nft.IsInstalled(system) && Iptables.IsInstalled(system)) ? Iptables : Nft;

    /// <summary>Whether a configuration names another program.</summary>
    public static bool Contradicts(SnatBackend wanted, IFirewall firewall) =>
        wanted != SnatBackend.Auto && (wanted == SnatBackend.Iptables) != (firewall == Iptables);

    /// <summary>The program that holds a set-up of MultiExit, otherwise that of the configuration; and the rules under MultiExit's names.</summary>
    /// <exception cref="ProxyException">The program is missing or refuses.</exception>
    public static async Task<(IFirewall Firewall, FirewallState? State)> ReadAsync(
        SnatBackend wanted, ICommandRunner system, CancellationToken cancellationToken)
    {
        IFirewall chosen = Choose(wanted, system);
        IFirewall other = chosen == Nft ? Iptables : Nft;
        FirewallState? state = await chosen.ReadAsync(system, cancellationToken).ConfigureAwait(false);
        if (state?.Owner is not null || !other.IsInstalled(system)) return (chosen, state);
        FirewallState? elsewhere = await other.ReadAsync(system, cancellationToken).ConfigureAwait(false);
        return elsewhere?.Owner is not null ? (other, elsewhere) : (chosen, state);
    }
}
