using System.Net;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Nodes;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of leases does; each store has a class of its own with these tests.</summary>
internal static class LeaseStoreContract
{
    public static readonly IPAddress First = IPAddress.Parse("192.0.2.7"), Second = IPAddress.Parse("2001:db8::7");

    public static async Task One_node_at_a_time_has_an_address(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a"), b = await JoinAsync(store, "b");
        Assert.Equal(["a 1", "a 1"], await RenewAsync(store, a, First, Second));
        Assert.Equal(["a 1", "a 1"], await RenewAsync(store, b, First, Second));
        LeaseRow row = Assert.Single(await store.Leases.RenewAsync(b, [new LeaseWish(First, 0)], default));
        Assert.InRange(row.Left.TotalSeconds, 5, 15);
        Assert.Equal((First, a.Epoch), (row.Address, row.Epoch));
        // A renewal, and one whose answer was lost, change no token.
        Assert.Equal(["a 1"], await RenewAsync(store, a, First));
        await store.Leases.ReleaseAsync(b, [First], default);
        Assert.Equal(["a 1"], await RenewAsync(store, b, First));
        await store.Leases.ReleaseAsync(a, [First], default);
        Assert.Equal(["b 2"], await RenewAsync(store, b, First));
        Assert.Equal(["b 2", "a 1"], await RenewAsync(store, a, First, Second));
    }

    public static async Task Another_server_of_the_name_waits_unless_it_was_handed_the_token(IFleetStore store)
    {
        FleetMember old = await JoinAsync(store, "a");
        Assert.Equal(["a 1"], await RenewAsync(store, old, First));
        FleetMember copy = await JoinAsync(store, "a");
        LeaseRow row = Assert.Single(await store.Leases.RenewAsync(copy, [new LeaseWish(First, 0)], default));
        Assert.Equal((old.Epoch, 1L), (row.Epoch, row.Token));
        row = Assert.Single(await store.Leases.RenewAsync(copy, [new LeaseWish(First, 1)], default));
        Assert.Equal((copy.Epoch, 2L), (row.Epoch, row.Token));
        // The one that was replaced neither renews nor gives away what is the other's.
        row = Assert.Single(await store.Leases.RenewAsync(old, [new LeaseWish(First, 2)], default));
        Assert.Equal((copy.Epoch, 2L), (row.Epoch, row.Token));
        await store.Leases.ReleaseAsync(old, [First], default);
        Assert.Equal(copy.Epoch, Assert.Single(await store.Leases.RenewAsync(copy, [new LeaseWish(First, 2)], default)).Epoch);
    }

    public static async Task Fleets_do_not_share_addresses_and_a_stranger_gets_none(IFleetStore store)
    {
        FleetMember a = await JoinAsync(store, "a");
        Assert.Equal(["a 1"], await RenewAsync(store, a, First));
        Assert.Empty(await RenewAsync(store, a with { Fleet = "other" }, First));
        Assert.Empty(await RenewAsync(store, a with { Node = "nobody" }, Second));
        Assert.Empty(await RenewAsync(store, a with { Epoch = a.Epoch + 1 }, Second));
    }

    public static async Task<FleetMember> JoinAsync(IFleetStore store, string name)
    {
        NodeEntry node = NodeStoreContract.Node(name) with { Instance = Guid.NewGuid() };
        return new FleetMember("prod", name, await store.Nodes.JoinAsync(node, 0, default), []);
    }

    private static async Task<string[]> RenewAsync(IFleetStore store, FleetMember member, params IPAddress[] addresses)
    {
        IReadOnlyList<LeaseRow> rows = await store.Leases.RenewAsync(member, [.. addresses.Select(address => new LeaseWish(address, 0))], default);
        return [.. addresses.Select(address => rows.FirstOrDefault(row => row.Address.Equals(address))).OfType<LeaseRow>()
            .Select(row => $"{row.Node} {row.Token}")];
    }
}
