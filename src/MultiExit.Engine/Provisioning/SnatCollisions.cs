namespace MultiExit.Engine.Provisioning;

/// <summary>What forbids to carry out a plan: things of others that it would touch.</summary>
internal static class SnatCollisions
{
    /// <summary>The first one in a sentence; null: none.</summary>
    public static string? Find(SnatPlan plan, SystemState state)
    {
        if (state.Nft is { } table && table.Owner is null)
            return $"the nftables table inet {NftRuleset.Table} was not made by MultiExit; remove or rename it";
        foreach (SnatExit exit in plan.Exits)
        {
            RoutingState routing = exit.IsIpv6 ? state.Ipv6 : state.Ipv4;
            if (routing.OtherTables.Contains(exit.Table))
                return $"the routing table {exit.Table} of the exit {exit.Name} has routes that MultiExit did not make; choose another snat.table_base";
            if (routing.OtherRules.Any(rule => rule.Table == exit.Table))
                return $"the routing table {exit.Table} of the exit {exit.Name} is used by a rule that MultiExit did not make; choose another snat.table_base";
            if (routing.OtherRules.Any(rule => rule.Mark == exit.Mark))
                return $"the mark {exit.Mark} of the exit {exit.Name} is used by a rule that MultiExit did not make; choose another snat.mark_base";
        }
        return OtherOwner(plan.Owner, state);
    }

    /// <summary>That the set-up belongs to another configuration, in a sentence; null: it does not.</summary>
    public static string? OtherOwner(string owner, SystemState state) => state.Nft?.Owner is { } other && other != owner
        ? $"the set-up on this host belongs to the configuration {other}; run `multiexit snat remove` with that configuration first"
        : null;
}
