using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Shares;
using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of shares does; each store has a class of its own with these tests.</summary>
internal static class ShareStoreContract
{
    public static async Task What_is_granted_is_never_more_than_the_limit_but_for_what_lives(IFleetStore store)
    {
        FleetMember a = await MemberAsync(store, "a"), b = await MemberAsync(store, "b");
        Assert.Equal(25, await SettleAsync(store, a, 1, demand: 25, wanted: 25));
        Assert.Equal(5, await SettleAsync(store, b, 1, demand: 30, wanted: 15));
        // What lives counts, whether it was granted or not.
        Assert.Equal(8, await SettleAsync(store, b, 2, demand: 30, wanted: 15, used: 8));
        Assert.Equal(15, await SettleAsync(store, a, 2, demand: 25, wanted: 15, used: 12));
        Assert.Equal(15, await SettleAsync(store, b, 3, demand: 30, wanted: 15, used: 8));
        // Another limit, another user and another fleet have nothing to do with it.
        Assert.Equal(30, await SettleAsync(store, a, 3, demand: 30, wanted: 30, kind: ShareKind.Associations));
        Assert.Equal(30, await SettleAsync(store, a, 4, demand: 30, wanted: 30, account: "bob"));
    }

    public static async Task The_same_said_twice_is_the_same_and_what_comes_late_counts_not(IFleetStore store)
    {
        FleetMember a = await MemberAsync(store, "a");
        Assert.Equal(20, await SettleAsync(store, a, 5, demand: 20, wanted: 20));
        Assert.Equal(20, await SettleAsync(store, a, 6, demand: 20, wanted: 20));
        Assert.Null(await SettleAsync(store, a, 6, demand: 1, wanted: 1));
        Assert.Null(await SettleAsync(store, a, 4, demand: 1, wanted: 1));
        await MemberAsync(store, "a");
        Assert.Null(await SettleAsync(store, a, 7, demand: 1, wanted: 1));
    }

    public static async Task Others_read_what_a_node_wants_until_it_gives_it_back(IFleetStore store)
    {
        FleetMember a = await MemberAsync(store, "a"), b = await MemberAsync(store, "b");
        foreach (ShareKind kind in Enum.GetValues<ShareKind>()) await SettleAsync(store, a, 1 + (int)kind, demand: 9, wanted: 8, used: 7, kind: kind);
        await SettleAsync(store, b, 1, demand: 2, wanted: 1);
        IReadOnlyList<ShareRow> rows = await store.Shares.ReadAsync(b, ["alice", "bob"], default);
        Assert.Equal(Enum.GetValues<ShareKind>().Select(kind => new ShareRow("alice", kind, "a", 9, 7)), rows.OrderBy(row => row.Kind));
        Assert.Empty(await store.Shares.ReadAsync(b, ["bob"], default));
        Assert.Empty(await store.Shares.ReadAsync(b with { Fleet = "other" }, ["alice"], default));
        await store.Shares.ReleaseAsync(a with { Epoch = a.Epoch - 1 }, default);
        Assert.NotEmpty(await store.Shares.ReadAsync(b, ["alice"], default));
        await store.Shares.ReleaseAsync(a, default);
        Assert.Empty(await store.Shares.ReadAsync(b, ["alice"], default));
        Assert.Equal(30, await SettleAsync(store, b, 2, demand: 30, wanted: 30));
        await store.Shares.CleanAsync(a, default);
        Assert.Single(await store.Shares.ReadAsync(a, ["alice"], default));
    }

    public static async Task<FleetMember> MemberAsync(IFleetStore store, string node) =>
        new("prod", node, await store.Nodes.JoinAsync(NodeStoreContract.Node(node), 0, default), []);

    public static async Task<long?> SettleAsync(
        IFleetStore store, FleetMember member, long sequence, long demand, long wanted, long used = 0, ShareKind kind = ShareKind.Connections,
        string account = "alice") =>
        (await store.Shares.SettleAsync(member, sequence, [new ShareDemand(account, kind, demand, used, wanted, 30)], default)).SingleOrDefault()?.Granted;
}
