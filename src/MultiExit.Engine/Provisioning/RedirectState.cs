using System.Text.Json;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>What the system has of a redirection, and what of other programs could collide with it.</summary>
/// <param name="Ipv4">Rules and routes of IPv4.</param>
/// <param name="Ipv6">Rules and routes of IPv6.</param>
/// <param name="Table">The table of nftables; null: it is not there.</param>
internal sealed record RedirectState(RoutingState Ipv4, RoutingState Ipv6, FirewallState? Table)
{
    public IEnumerable<PolicyRule> Rules => Ipv4.Rules.Concat(Ipv6.Rules);

    public IEnumerable<PolicyRoute> Routes => Ipv4.Routes.Concat(Ipv6.Routes);

    /// <summary>Reads it.</summary>
    /// <exception cref="ProxyException">A program is missing or refuses.</exception>
    public static async Task<RedirectState> ReadAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        if (!NftTable.IsInstalled(system))
            throw new ProxyException(ProxyError.Provisioning,
                "redirecting needs nft, and there is no way by iptables; install nftables; nothing has changed");
        try
        {
            return new(
                await RoutingState.ReadAsync(system, false, Ip.OfRedirect, cancellationToken).ConfigureAwait(false),
                await RoutingState.ReadAsync(system, true, Ip.OfRedirect, cancellationToken).ConfigureAwait(false),
                await RedirectPlan.ReadAsync(system, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ProxyException(ProxyError.Provisioning, $"what ip or nft printed is not understood: {exception.Message}", exception);
        }
    }

    /// <summary>What is in the way of a plan; null: nothing.</summary>
    public SetupDifference? CollisionWith(RedirectPlan plan)
    {
        if (Table is { Owner: null }) return Of(null, $"{RedirectPlan.Place} was not made by MultiExit; remove or rename what is there");
        foreach (RedirectChain chain in plan.Chains.Where(chain => chain.IsTproxy))
        {
            foreach (RoutingState routing in chain.Families.Select(ipv6 => ipv6 ? Ipv6 : Ipv4))
            {
                (string name, int mark, int table) = (chain.Inbound.Name, chain.Redirect.Mark, chain.Redirect.Table);
                if (routing.OtherTables.Contains(table))
                    return Of(name, $"the routing table {table} of the inbound {name} has routes that were not made for it; choose another redirect.table");
                if (routing.OtherRules.Any(rule => rule.Table == table))
                    return Of(name,
                        $"the routing table {table} of the inbound {name} is used by a rule that was not made for it; choose another redirect.table");
                if (routing.OtherRules.Any(rule => rule.Mark == mark))
                    return Of(name, $"the mark {mark} of the inbound {name} is used by a rule that was not made for it; choose another redirect.mark");
            }
        }
        return OtherOwner(plan.Owner) is { } other ? Of(null, other) : null;
    }

    /// <summary>A sentence when the set-up belongs to another configuration; null when it does not.</summary>
    public string? OtherOwner(string owner) => Table?.Owner is { } other && other != owner
        ? $"the redirection on this host belongs to the configuration {other}; run `multiexit redirect remove` with that configuration first"
        : null;

    /// <summary>Where it differs from a plan.</summary>
    public IReadOnlyList<SetupDifference> DifferencesTo(RedirectPlan plan)
    {
        List<SetupDifference> found = [];
        if (CollisionWith(plan) is { } collision) found.Add(collision);
        found.AddRange(RoutingDifferences.Find(plan.Rules, plan.Routes, Rules, Routes,
            i => plan.InboundsOf(plan.Rules[i]), i => plan.InboundsOf(plan.Routes[i])));
        IReadOnlyList<string> present = Table?.Lines ?? [];
        foreach (RedirectChain chain in plan.Chains)
        {
            string name = chain.Inbound.Name;
            if (Table is null)
                found.Add(InFirewall(name, $"missing: {RedirectPlan.Place}, which the inbound {name} needs"));
            else if (!present.Contains(chain.HookLine, StringComparer.Ordinal))
                found.Add(InFirewall(name, $"missing: the chain {chain.Name} in {RedirectPlan.Place}, which the inbound {name} needs"));
            else
                found.AddRange(chain.Rules.Where(rule => !present.Contains(rule.LineIn(chain.Name), StringComparer.Ordinal))
                    .Select(rule => InFirewall(name, $"missing in the chain {chain.Name}, which the inbound {name} needs: {rule.Text}")));
        }
        found.AddRange(present.Except(plan.Expected, StringComparer.Ordinal).Select(line => InFirewall(null, $"not in the plan, but there: {line}")));
        // Nothing is missing, nothing is left over: then an order may differ, or a rule may be there twice.
        bool isWhole = Table is not null && !found.Exists(difference => difference.Kind == SetupDifferenceKind.Firewall);
        if (isWhole && !present.SequenceEqual(plan.Expected, StringComparer.Ordinal))
            found.Add(InFirewall(null, $"{RedirectPlan.Place} has its rules in another order, or one of them twice"));
        return found;

        static SetupDifference InFirewall(string? name, string message) => new(name, SetupDifferenceKind.Firewall, message);
    }

    private static SetupDifference Of(string? name, string message) => new(name, SetupDifferenceKind.Collision, message);
}
