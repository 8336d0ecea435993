using MultiExit.Engine.Balancing;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Pins;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of pins does; each store has a class of its own with these tests.</summary>
internal static class PinStoreContract
{
    public static readonly UInt128 Client = UInt128.Parse("0123456789abcdef0011223344556677", System.Globalization.NumberStyles.AllowHexSpecifier);

    public static async Task What_one_node_writes_the_others_read_once(IFleetStore store)
    {
        FleetMember a = await ShareStoreContract.MemberAsync(store, "a");
        await store.Pins.WriteAsync(a, [Of("e1", age: 5, lifetime: 90), Of("e2", age: 0) with { Group = "other" }], default);
        PinChanges read = await store.Pins.ReadAsync("prod", 0, default);
        SharedPin pin = read.Pins.Single(one => one.Group == "pool");
        Assert.Equal((Client, "e1", true, TimeSpan.FromSeconds(90)), (pin.Binding.Id, pin.Binding.Member, pin.IsBound, pin.Binding.Lifetime));
        Assert.InRange(pin.Binding.Age.TotalSeconds, 5, 30);
        Assert.Null(read.Pins.Single(one => one.Group == "other").Binding.Lifetime);
        Assert.Empty((await store.Pins.ReadAsync("prod", read.Version, default)).Pins);
        Assert.Empty((await store.Pins.ReadAsync("fleet", 0, default)).Pins);
        Assert.Equal(2, (await store.Pins.ReadAsync("prod", 77, default)).Pins.Count);
    }

    public static async Task The_newest_connection_holds_whoever_writes_first(IFleetStore store)
    {
        FleetMember a = await ShareStoreContract.MemberAsync(store, "a"), b = await ShareStoreContract.MemberAsync(store, "b");
        await store.Pins.WriteAsync(a, [Of("e1", age: 50)], default);
        await store.Pins.WriteAsync(b, [Of("e2", age: 100)], default);
        Assert.Equal("e1", Assert.Single((await store.Pins.ReadAsync("prod", 0, default)).Pins).Binding.Member);
        PinChanges before = await store.Pins.ReadAsync("prod", 0, default);
        await store.Pins.WriteAsync(b, [Of("e2", age: 20)], default);
        Assert.Equal("e2", Assert.Single((await store.Pins.ReadAsync("prod", before.Version, default)).Pins).Binding.Member);
        // That there is none any more is such a word as well.
        await store.Pins.WriteAsync(a, [Of("", age: 60)], default);
        Assert.True(Assert.Single((await store.Pins.ReadAsync("prod", 0, default)).Pins).IsBound);
        await store.Pins.WriteAsync(a, [Of("", age: 1)], default);
        SharedPin gone = Assert.Single((await store.Pins.ReadAsync("prod", 0, default)).Pins);
        Assert.Equal((false, ""), (gone.IsBound, gone.Binding.Member));
    }

    public static async Task What_is_over_is_not_read_and_a_server_that_was_replaced_writes_nothing(IFleetStore store)
    {
        FleetMember a = await ShareStoreContract.MemberAsync(store, "a");
        await store.Pins.WriteAsync(a, [Of("e1", age: 1801)], default);
        Assert.Empty((await store.Pins.ReadAsync("prod", 0, default)).Pins);
        await ShareStoreContract.MemberAsync(store, "a");
        await store.Pins.WriteAsync(a, [Of("e1", age: 0)], default);
        Assert.Empty((await store.Pins.ReadAsync("prod", 0, default)).Pins);
    }

    public static SharedPin Of(string member, int age, int? lifetime = null) => new(
        "pool", new StickyBinding(Client, member, TimeSpan.FromSeconds(age), lifetime is { } own ? TimeSpan.FromSeconds(own) : null), member.Length > 0,
        TimeSpan.FromMinutes(30));
}
