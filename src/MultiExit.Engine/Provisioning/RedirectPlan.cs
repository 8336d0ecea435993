using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>The chains, rules and routes by which packets of others come to the transparent inbounds of a configuration. Pure: nothing is read or
/// changed here.</summary>
/// <param name="Owner">The configuration's name.</param>
/// <param name="Chains">The chains, one for each inbound with a section <c>redirect</c>.</param>
/// <param name="Rules">The policy rules.</param>
/// <param name="Routes">The routes to this host.</param>
internal sealed record RedirectPlan(
    string Owner, IReadOnlyList<RedirectChain> Chains, IReadOnlyList<PolicyRule> Rules, IReadOnlyList<PolicyRoute> Routes)
{
    // Before those of source NAT (10000), and the main table (32766).
    private const int FirstPriority = 9000;

    private static readonly Dictionary<string, string> NoFilters = new(StringComparer.Ordinal);
    /// <summary>The name of the table of nftables.</summary>
    public const string Table = "multiexit_redirect";

    private static readonly NftTable Nft = new(Table);

    /// <summary>The table, for messages.</summary>
    public static string Place => Nft.Place;

    /// <summary>Makes the plan.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="faults">The contradictions, one sentence each; the plan counts only when there is none.</param>
    public static RedirectPlan Create(GatewayConfig config, out IReadOnlyList<string> faults)
    {
        RedirectChain[] chains = [.. config.Inbounds.OfType<TransparentInboundConfig>().Where(inbound => inbound.Redirect is not null)
            .Select((inbound, index) => new RedirectChain(index, inbound, inbound.Redirect!))];
        faults = [.. FaultsOf(config, chains)];
        (bool Ipv6, int Mark, int Table)[] ways =
            [.. (from chain in chains where chain.IsTproxy from ipv6 in chain.Families select (ipv6, chain.Redirect.Mark, chain.Redirect.Table)).Distinct()];
        return new(config.Name, chains,
            [.. ways.Select((way, index) => new PolicyRule(way.Ipv6, FirstPriority + index, way.Mark, way.Table) { Protocol = Ip.OfRedirect })],
            [.. ways.DistinctBy(way => (way.Ipv6, way.Table)).Select(way => new PolicyRoute(way.Ipv6, way.Table, null, "lo", null)
            {
                Protocol = Ip.OfRedirect, IsLocal = true,
            })]);
    }

    /// <summary>The inbounds that need a rule: those with its family, mark and table.</summary>
    public IReadOnlyList<string> InboundsOf(PolicyRule rule) => [.. Chains
        .Where(chain => chain.IsTproxy && chain.Families.Contains(rule.IsIpv6) && (chain.Redirect.Mark, chain.Redirect.Table) == (rule.Mark, rule.Table))
        .Select(chain => chain.Inbound.Name)];

    /// <summary>The inbounds that need a route: those with its family and table.</summary>
    public IReadOnlyList<string> InboundsOf(PolicyRoute route) => [.. Chains
        .Where(chain => chain.IsTproxy && chain.Families.Contains(route.IsIpv6) && chain.Redirect.Table == route.Table)
        .Select(chain => chain.Inbound.Name)];

    /// <summary>The plan as the commands that make it.</summary>
    public IEnumerable<string> Lines(ICommandRunner system) =>
        [.. Routes.Select(route => route.ToString()), .. Rules.Select(rule => rule.ToString()), .. ToReplace(null, system).Script.Split('\n')];

    /// <summary>The value of <see cref="FirewallState.Lines"/> when it is in place.</summary>
    public IReadOnlyList<string> Expected =>
    [
        .. Chains.Select(chain => chain.HookLine),
        .. FirewallNotes.Write(Owner, NoFilters).Select(NftListing.Note),
        .. Chains.SelectMany(chain => chain.Rules.Select(rule => rule.LineIn(chain.Name))),
    ];

    /// <summary>Reads the table; null: it is not there.</summary>
    public static Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken) => Nft.ReadAsync(system, cancellationToken);

    /// <summary>The step that puts the table in place of any earlier one.</summary>
    public SetupStep ToReplace(FirewallState? present, ICommandRunner system) => Nft.Replace(
        Nft.Script([NftTable.NotesOf(Owner, NoFilters), .. Chains.Select(chain => (chain.Name, (string?)chain.Hook, chain.Rules.Select(rule => rule.Text)))]),
        $"the {CountText.Noun(Chains.Count, "chain")} of {CountText.Of(Chains.Count, "inbound")}", present, system);

    /// <summary>The step that removes the table.</summary>
    public static SetupStep ToDelete(ICommandRunner system) => Nft.Delete(system);

    private static IEnumerable<string> FaultsOf(GatewayConfig config, RedirectChain[] chains)
    {
        if (chains.Length == 0) yield return "no inbound of the type transparent has a section `redirect`, which says what is caught; expected at least one";
        IReadOnlyList<SnatExit> marked = config.Snat.Enabled ? SnatLayout.Create(config, out _) : [];
        foreach (RedirectChain chain in chains)
        {
            if (chain.Inbound.Listen.Port == 0) yield return $"the inbound {chain.Inbound.Name} listens on port 0; the rules need its number";
            foreach (IPNetwork network in chain.Unserved)
                yield return $"the inbound {chain.Inbound.Name} does not listen for the family of {network}; "
                    + $"expected `listen: \"[::]:{chain.Inbound.Listen.Port}\"`";
            if (!chain.IsTproxy) continue;
            string? exit = marked.FirstOrDefault(exit => exit.Mark == chain.Redirect.Mark)?.Name
                ?? config.Exits.OfType<DirectExitConfig>().FirstOrDefault(exit => exit.Mark == chain.Redirect.Mark)?.Name;
            if (exit is not null)
                yield return $"the inbound {chain.Inbound.Name} and the exit {exit} have the same mark {chain.Redirect.Mark}; expected another `redirect.mark`";
            if (marked.FirstOrDefault(other => other.Table == chain.Redirect.Table) is { } taken)
                yield return $"the inbound {chain.Inbound.Name} and the exit {taken.Name} have the same table {taken.Table}; expected another `redirect.table`";
        }
    }
}
