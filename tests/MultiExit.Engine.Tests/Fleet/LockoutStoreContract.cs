using System.Net;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Lockouts;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of lockouts does; each store has a class of its own with these tests.</summary>
internal static class LockoutStoreContract
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.7"), Prefix = IPAddress.Parse("2001:db8::");

    public static FleetMember Member(string node, string fleet = "prod") => new(fleet, node, 1, []);

    public static async Task What_one_node_writes_the_others_read_once(ILockoutStore store)
    {
        await store.WriteAsync(Member("a"), [Of(Client, 60), Of(Prefix, 90)], default);
        LockoutChanges read = await store.ReadAsync("prod", null, default);
        Assert.Equal([Client, Prefix], read.Lockouts.Select(lockout => lockout.Client).OrderBy(client => client.ToString(), StringComparer.Ordinal));
        Assert.All(read.Lockouts, lockout => Assert.InRange(lockout.Lasts.TotalSeconds, 50, 90));
        Assert.All(read.Lockouts, lockout => Assert.Equal("a", lockout.Node));
        Assert.Empty((await store.ReadAsync("prod", read.Version, default)).Lockouts);
        Assert.Empty((await store.ReadAsync("other", null, default)).Lockouts);
    }

    public static async Task The_newest_word_about_a_client_holds(ILockoutStore store)
    {
        await store.WriteAsync(Member("a"), [Of(Client, 60)], default);
        LockoutChanges first = await store.ReadAsync("prod", null, default);
        await store.WriteAsync(Member("b"), [Of(Client, 0)], default);
        SharedLockout let = Assert.Single((await store.ReadAsync("prod", first.Version, default)).Lockouts);
        Assert.Equal((Client, TimeSpan.Zero, "b"), (let.Client, let.Lasts, let.Node));
        Assert.Single((await store.ReadAsync("prod", 0, default)).Lockouts);
        // Whoever reads everything needs to know only who is locked out.
        Assert.Empty((await store.ReadAsync("prod", null, default)).Lockouts);
    }

    public static async Task A_store_at_an_earlier_version_than_was_read_is_read_from_its_start(ILockoutStore store)
    {
        await store.WriteAsync(Member("a"), [Of(Client, 60)], default);
        LockoutChanges read = await store.ReadAsync("prod", 77, default);
        Assert.Equal(Client, Assert.Single(read.Lockouts).Client);
        Assert.InRange(read.Version, 1, 76);
    }

    private static SharedLockout Of(IPAddress client, int seconds) => new(client, TimeSpan.FromSeconds(seconds), "");
}
