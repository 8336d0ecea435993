namespace MultiExit.Engine.Provisioning;

/// <summary>The plan's part in nftables: a table of its own, so that nothing else is touched and removal is exact.</summary>
internal static class NftRuleset
{
    public const string Table = "multiexit";

    /// <summary>The priority of MultiExit's source NAT: before the chains of all other programs, whenever they are made. The kernel takes nat chains
    /// only after its connection tracking at -200 (nft(8), PRIORITY).</summary>
    public const int NatPriority = -199;

    /// <summary>The priority of the guard: after all source NAT, which the kernel does at 100 whatever the chain's own priority.</summary>
    public const int GuardPriority = 2_000_000_000;

    /// <summary>The table's chains.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="filters">The rp_filter values that removal restores, by interface.</param>
    public static IEnumerable<(string Name, string? Hook, IEnumerable<string> Rules)> Chains(SnatPlan plan, IReadOnlyDictionary<string, string> filters) =>
    [
        NftTable.NotesOf(plan.Owner, filters),
        // Packets that no socket marked (a reset, for one) follow their connection; a changed mark is routed again.
        ("output", "type route hook output priority -150; policy accept;",
            [.. plan.Exits.Select(exit => $"meta mark {exit.Mark} ct mark 0 ct mark set meta mark"),
             .. plan.Exits.Select(exit => $"meta mark 0 ct mark {exit.Mark} meta mark set ct mark")]),
        // Without its route (the interface went down, a rule of another program comes first) a packet would leave by another way, unrewritten; and
        // one that another program has rewritten, or that belongs to no connection, would leave with an address that is not the exit's.
        ("guard", $"type filter hook postrouting priority {GuardPriority}; policy accept;",
            ["oifname \"lo\" return", .. plan.Exits.Select(exit => $"meta mark {exit.Mark} oifname != \"{exit.Interface}\" drop"),
             .. plan.Exits.Where(exit => exit.Address is not null).Select(exit =>
                $"meta mark {exit.Mark} {(exit.IsIpv6 ? "ip6" : "ip")} saddr != {exit.Address} drop")]),
        ("postrouting", $"type nat hook postrouting priority {NatPriority}; policy accept;",
            [.. plan.Exits.Where(exit => exit.Address is not null).Select(exit =>
                $"meta mark {exit.Mark} oifname \"{exit.Interface}\" meta nfproto {(exit.IsIpv6 ? "ipv6" : "ipv4")} " +
                $"snat {(exit.IsIpv6 ? "ip6" : "ip")} to {exit.Address}")]),
    ];
}
