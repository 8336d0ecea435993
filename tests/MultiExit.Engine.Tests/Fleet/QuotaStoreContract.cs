using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Quotas;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of quotas does; each store has a class of its own with these tests.</summary>
internal static class QuotaStoreContract
{
    private static readonly Guid Ledger = Guid.NewGuid();

    public static async Task What_is_reserved_is_never_more_than_the_quota(IFleetStore store)
    {
        QuotaWriter a = await WriterAsync(store, "a"), b = await WriterAsync(store, "b");
        Assert.Equal(new QuotaGrant("alice", 10, 60, default), await SettleAsync(store, a, 10, 60));
        Assert.Equal(new QuotaGrant("alice", 0, 40, new QuotaUse(10, 60)), await SettleAsync(store, b, 0, 60));
        // What has passed counts, whether it was reserved or not.
        Assert.Equal(new QuotaGrant("alice", 70, 70, new QuotaUse(10, 60)), await SettleAsync(store, b with { Sequence = 2 }, 70, 80));
        Assert.Equal(new QuotaGrant("alice", 10, 30, new QuotaUse(70, 70)), await SettleAsync(store, a with { Sequence = 2 }, 10, 60));
        // What is given back is there for the others.
        Assert.Equal(10, (await SettleAsync(store, a with { Sequence = 3 }, 10, 10))!.Reserved);
        Assert.Equal(90, (await SettleAsync(store, b with { Sequence = 3 }, 70, 95))!.Reserved);
    }

    public static async Task The_same_said_twice_counts_once_and_what_comes_late_counts_not(IFleetStore store)
    {
        QuotaWriter a = await WriterAsync(store, "a");
        Assert.Equal(10, (await SettleAsync(store, a, 10, 60))!.Spent);
        Assert.Equal((10, 60), await SettleAsync(store, a with { Sequence = 5 }, 10, 60) is { } again ? (again.Spent, again.Reserved) : default);
        Assert.Null(await SettleAsync(store, a with { Sequence = 4 }, 10, 10));
        // Less than the store has: the file has lost it.
        Assert.Equal((10, 50), await SettleAsync(store, a with { Sequence = 6 }, 4, 50) is { } lost ? (lost.Spent, lost.Reserved) : default);
        Assert.Empty((await store.Quotas.ReadAsync(a, 0, default)).Uses);
        // Another count of the same node uses nothing more of what the lost one had reserved.
        QuotaWriter other = a with { Ledger = Guid.NewGuid(), Sequence = 7 };
        Assert.Equal(new QuotaGrant("alice", 1, 90, new QuotaUse(10, 10)), await SettleAsync(store, other, 1, 95));
    }

    public static async Task A_server_that_was_replaced_and_another_month_or_fleet_change_nothing(IFleetStore store)
    {
        QuotaWriter a = await WriterAsync(store, "a"), b = await WriterAsync(store, "b");
        await SettleAsync(store, a with { Month = "2026-11" }, 50, 60);
        Assert.Equal(default, (await SettleAsync(store, b, 1, 2))!.Others);
        await WriterAsync(store, "a");
        Assert.Null(await SettleAsync(store, a with { Sequence = 9 }, 10, 60));
        Assert.Empty((await store.Quotas.ReadAsync(b, 0, default)).Uses);
        Assert.Empty((await store.Quotas.ReadAsync(b with { Member = b.Member with { Fleet = "other" } }, 0, default)).Uses);
    }

    public static async Task Others_read_what_has_changed(IFleetStore store)
    {
        QuotaWriter a = await WriterAsync(store, "a"), b = await WriterAsync(store, "b");
        await SettleAsync(store, a, 10, 60);
        QuotaChanges all = await store.Quotas.ReadAsync(b, 0, default);
        Assert.True(all.IsAll);
        Assert.Equal(("alice", new QuotaUse(10, 60)), Assert.Single(all.Uses));
        Assert.Empty((await store.Quotas.ReadAsync(b, all.Version, default)).Uses);
        await SettleAsync(store, a with { Sequence = 2 }, 20, 60);
        QuotaChanges changes = await store.Quotas.ReadAsync(b, all.Version, default);
        Assert.False(changes.IsAll);
        Assert.Equal(("alice", new QuotaUse(20, 60)), Assert.Single(changes.Uses));
        Assert.True((await store.Quotas.ReadAsync(b, 77, default)).IsAll);
    }

    private static async Task<QuotaWriter> WriterAsync(IFleetStore store, string node)
    {
        long epoch = await store.Nodes.JoinAsync(NodeStoreContract.Node(node), 0, default);
        return new QuotaWriter(new FleetMember("prod", node, epoch, []), Ledger, "2026-12", 1);
    }

    private static async Task<QuotaGrant?> SettleAsync(IFleetStore store, QuotaWriter writer, long spent, long wanted) =>
        (await store.Quotas.SettleAsync(writer, [new QuotaDemand("alice", spent, wanted, 100)], default)).SingleOrDefault();
}
