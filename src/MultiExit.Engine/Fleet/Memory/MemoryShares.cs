using MultiExit.Engine.Fleet.Shares;
using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Shares of limits in memory.</summary>
internal sealed class MemoryShares(MemoryStore store) : IShareStore
{
    public Task<IReadOnlyList<ShareRow>> ReadAsync(FleetMember member, IReadOnlyList<string> accounts, CancellationToken cancellationToken) =>
        store.CallAsync<IReadOnlyList<ShareRow>>(
            tables =>
            {
                HashSet<string> asked = new(accounts, StringComparer.Ordinal);
                return [.. from row in tables.Shares
                    where row.Key.Fleet == member.Fleet && row.Key.Node != member.Node && asked.Contains(row.Key.Account) && row.Value.Until > tables.Now
                    select new ShareRow(row.Key.Account, row.Key.Kind, row.Key.Node, row.Value.Demand, row.Value.Used)];
            },
            cancellationToken);

    public Task<IReadOnlyList<ShareGrant>> SettleAsync(
        FleetMember member, long sequence, IReadOnlyList<ShareDemand> demands, CancellationToken cancellationToken) =>
        store.CallAsync<IReadOnlyList<ShareGrant>>(
            tables => tables.Nodes.GetValueOrDefault((member.Fleet, member.Node))?.Epoch != member.Epoch ? []
                : [.. demands.Select(demand => Settle(tables, member, sequence, demand)).OfType<ShareGrant>()],
            cancellationToken);

    public Task ReleaseAsync(FleetMember member, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            foreach (var (key, row) in tables.Shares)
                if (key.Fleet == member.Fleet && key.Node == member.Node && row.Epoch == member.Epoch) tables.Shares.Remove(key);
            return true;
        },
        cancellationToken);

    public Task CleanAsync(FleetMember member, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            foreach (var (key, row) in tables.Shares)
                if (key.Fleet == member.Fleet && row.Until < tables.Now - TimeSpan.FromMinutes(1)) tables.Shares.Remove(key);
            return true;
        },
        cancellationToken);

    private static ShareGrant? Settle(MemoryTables tables, FleetMember member, long sequence, ShareDemand demand)
    {
        (string, string, ShareKind, string) key = (member.Fleet, demand.Account, demand.Kind, member.Node);
        if (tables.Shares.TryGetValue(key, out MemoryShare? before) && (before.Epoch, before.Sequence).CompareTo((member.Epoch, sequence)) >= 0) return null;
        long others = tables.Shares.Where(row => row.Key.Fleet == member.Fleet && row.Key.Account == demand.Account && row.Key.Kind == demand.Kind
            && row.Key.Node != member.Node && row.Value.Until > tables.Now).Sum(row => row.Value.Granted);
        long granted = Math.Max(demand.Used, Math.Min(demand.Wanted, demand.Limit - others));
        tables.Shares[key] = new MemoryShare(
            member.Epoch, sequence, demand.Demand, demand.Used, Math.Max(0, granted), tables.Now + FleetTimes.ShareTimeToLive);
        return new ShareGrant(demand.Account, demand.Kind, Math.Max(0, granted));
    }
}
