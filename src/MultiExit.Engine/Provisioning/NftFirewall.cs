using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Provisioning;

/// <summary>nftables: a table of MultiExit's own, replaced as a whole.</summary>
internal sealed class NftFirewall : IFirewall
{
    private static readonly NftTable Table = new(NftRuleset.Table);

    public string Name => "nftables";

    public string Place => Table.Place;

    public bool IsInstalled(ICommandRunner system) => NftTable.IsInstalled(system);

    public async Task<FirewallState?> ReadAsync(ICommandRunner system, CancellationToken cancellationToken)
    {
        if (await Table.ReadAsync(system, cancellationToken).ConfigureAwait(false) is not { } state) return null;
        string chains = await system.DemandAsync("nft", NftChains.List, null, cancellationToken).ConfigureAwait(false);
        return state with
        {
            Before = NftChains.Before(chains, NftRuleset.NatPriority, (family, table) => family == "inet" && table == NftRuleset.Table),
        };
    }

    public IReadOnlyList<string> Expected(SnatPlan plan, IReadOnlyDictionary<string, string> filters) => SnatListing.Expected(plan, filters);

    public IReadOnlyList<SetupStep> ToApply(
        SnatPlan plan, IReadOnlyDictionary<string, string> filters, FirewallState? present, ICommandRunner system) =>
        present is not null && present.Lines.SequenceEqual(Expected(plan, filters), StringComparer.Ordinal)
            ? []
            : [Table.Replace(Table.Script(NftRuleset.Chains(plan, filters)), CountText.Of(plan.Exits.Count, "exit"), present, system)];

    public IReadOnlyList<SetupStep> ToRemove(FirewallState present, ICommandRunner system) => [Table.Delete(system)];
}
