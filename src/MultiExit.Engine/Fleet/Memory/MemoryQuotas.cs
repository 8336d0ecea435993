using MultiExit.Engine.Fleet.Quotas;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Quotas in memory.</summary>
internal sealed class MemoryQuotas(MemoryStore store) : IQuotaStore
{
    public Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken) => store.CallAsync(tables => tables.Now, cancellationToken);

    public Task<IReadOnlyList<QuotaGrant>> SettleAsync(QuotaWriter writer, IReadOnlyList<QuotaDemand> demands, CancellationToken cancellationToken) =>
        store.CallAsync<IReadOnlyList<QuotaGrant>>(
            tables =>
            {
                if (tables.Nodes.GetValueOrDefault((writer.Member.Fleet, writer.Member.Node))?.Epoch != writer.Member.Epoch) return [];
                long version = tables.Change(writer.Member.Fleet, SharedQuotas.Name);
                return [.. demands.Select(demand => Settle(tables, writer, demand, version)).OfType<QuotaGrant>()];
            },
            cancellationToken);

    public Task<QuotaChanges> ReadAsync(QuotaWriter reader, long since, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            long version = tables.Versions.GetValueOrDefault((reader.Member.Fleet, SharedQuotas.Name));
            long from = version < since ? 0 : since;
            return new QuotaChanges(version, from == 0, [.. tables.Quotas
                .Where(row => IsOfMonth(row.Key, reader) && row.Value.Version > from).Select(row => row.Key.Account)
                .Intersect(tables.Quotas.Keys.Where(key => IsOfMonth(key, reader) && !IsOwn(key, reader)).Select(key => key.Account), StringComparer.Ordinal)
                .Take(SharedQuotas.MaxRead).Select(account => (account, OthersOf(tables, reader, account)))]);
        },
        cancellationToken);

    private static QuotaGrant? Settle(MemoryTables tables, QuotaWriter writer, QuotaDemand demand, long version)
    {
        var key = (writer.Member.Fleet, demand.Account, writer.Month, writer.Member.Node, writer.Ledger);
        MemoryQuota? before = tables.Quotas.GetValueOrDefault(key);
        if (before is not null && (before.Epoch, before.Sequence).CompareTo((writer.Member.Epoch, writer.Sequence)) >= 0) return null;
        QuotaUse others = OthersOf(tables, writer, demand.Account);
        long spent = Math.Max(before?.Spent ?? 0, demand.Spent);
        long reserved = Math.Max(spent, Math.Min(demand.Wanted, demand.Quota - others.Taken));
        tables.Quotas[key] = new MemoryQuota(writer.Member.Epoch, writer.Sequence, spent, reserved, version);
        return new QuotaGrant(demand.Account, spent, reserved, others);
    }

    // A count that this node has lost uses nothing more of what was reserved for it.
    private static QuotaUse OthersOf(MemoryTables tables, QuotaWriter writer, string account)
    {
        QuotaUse use = default;
        foreach ((var key, MemoryQuota row) in tables.Quotas)
        {
            if (!IsOfMonth(key, writer) || key.Account != account || IsOwn(key, writer)) continue;
            use = new QuotaUse(use.Spent + row.Spent, use.Taken + (key.Node == writer.Member.Node ? row.Spent : Math.Max(row.Spent, row.Reserved)));
        }
        return use;
    }

    private static bool IsOfMonth((string Fleet, string Account, string Month, string Node, Guid Ledger) key, QuotaWriter writer) =>
        key.Fleet == writer.Member.Fleet && key.Month == writer.Month;

    private static bool IsOwn((string Fleet, string Account, string Month, string Node, Guid Ledger) key, QuotaWriter writer) =>
        key.Node == writer.Member.Node && key.Ledger == writer.Ledger;
}
