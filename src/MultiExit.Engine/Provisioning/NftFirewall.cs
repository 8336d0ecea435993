namespace MultiExit.Engine.Provisioning;

/// <summary>nftables: a table of MultiExit's own, replaced as a whole.</summary>
internal sealed class NftFirewall : IFirewall
{
    private const string Nft = "nft";
    private static readonly string[] Delete = ["delete", "table", "inet", NftRuleset.Table];

    public string Name => "nftables";

    public string Place => $"the nftables table inet {NftRuleset.Table}";

    public bool IsInstalled(ICommandRunner system) => system.Has(Nft);

    public async Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        string tables = await system.DemandAsync(Nft, ["list", "tables"], null, cancellationToken).ConfigureAwait(false);
        if (!tables.Split('\n').Contains($"table inet {NftRuleset.Table}", StringComparer.Ordinal)) return null;
        FirewallState state = NftListing.Parse(await system.DemandAsync(
            Nft, ["-j", "list", "table", "inet", NftRuleset.Table], null, cancellationToken).ConfigureAwait(false));
        string chains = await system.DemandAsync(Nft, NftChains.List, null, cancellationToken).ConfigureAwait(false);
        return state with
        {
            Before = NftChains.Before(chains, NftRuleset.NatPriority, (family, table) => family == "inet" && table == NftRuleset.Table),
        };
    }

    public IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters) => NftListing.Expected(plan, filters);

    public IReadOnlyList<SnatStep> ToApply(
        SnatPlan plan, IReadOnlyDictionary<string, string> filters, FirewallState? present, ICommandRunner system)
    {
        if (present is not null && present.Lines.SequenceEqual(Expected(plan, filters), StringComparer.Ordinal)) return [];
        string? before = null;
        string script = NftRuleset.Create(plan, filters);
        return
        [
            new($"nft: table inet {NftRuleset.Table} with {plan.Exits.Count} exits", async token =>
            {
                if (present is not null) before = await system.DemandAsync(Nft, ["list", "table", "inet", NftRuleset.Table], null, token).ConfigureAwait(false);
                await system.DemandAsync(Nft, ["-f", "-"], script, token).ConfigureAwait(false);
            }, token => system.DemandAsync(Nft, ["-f", "-"], $"delete table inet {NftRuleset.Table}\n{before}", token))
            {
                Script = $"nft -f - <<EOF\n{script}EOF",
            },
        ];
    }

    public IReadOnlyList<SnatStep> ToRemove(FirewallState present, ICommandRunner system) =>
        [new($"nft {string.Join(' ', Delete)}", token => system.DemandAsync(Nft, Delete, null, token), _ => Task.CompletedTask)];
}
