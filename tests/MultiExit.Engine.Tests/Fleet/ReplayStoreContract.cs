using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>What every store of answered handshakes does; each store has a class of its own with these tests.</summary>
internal static class ReplayStoreContract
{
    public static ReplayMark New(double seconds = 600) => new(Guid.NewGuid(), TimeSpan.FromSeconds(seconds));

    public static async Task Each_handshake_is_new_once_in_a_fleet(IReplayStore store)
    {
        ReplayMark first = New(), second = New(), third = New();
        Assert.Equal([first.Value, second.Value], await store.AddAsync("prod", [first, second], default));
        Assert.Equal([third.Value], await store.AddAsync("prod", [second, third, third, first], default));
        Assert.Empty(await store.AddAsync("prod", [first, second, third], default));
        Assert.Empty(await store.AddAsync("prod", [], default));
        Assert.Equal([first.Value], await store.AddAsync("other", [first], default));
    }

    public static async Task What_is_over_is_deleted_in_parts_and_nothing_else(IReplayStore store)
    {
        ReplayMark[] over = [.. Enumerable.Range(0, 5).Select(_ => New(0))];
        ReplayMark valid = New();
        await store.AddAsync("prod", [.. over, valid], default);
        await store.AddAsync("other", [over[0]], default);
        Assert.Equal(3, await store.CleanAsync("prod", 3, default));
        Assert.Equal(2, await store.CleanAsync("prod", 3, default));
        Assert.Equal(0, await store.CleanAsync("prod", 3, default));
        Assert.Equal(5, (await store.AddAsync("prod", [valid, .. over], default)).Count);
        Assert.Empty(await store.AddAsync("other", [over[0]], default));
    }
}
