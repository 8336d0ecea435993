using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Shares in a store in memory.</summary>
public sealed class MemorySharesTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryStore _store;

    public MemorySharesTests() => _store = new MemoryStore(_time);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task What_is_granted_is_never_more_than_the_limit_but_for_what_lives() =>
        ShareStoreContract.What_is_granted_is_never_more_than_the_limit_but_for_what_lives(_store);

    [Fact]
    public Task The_same_said_twice_is_the_same_and_what_comes_late_counts_not() =>
        ShareStoreContract.The_same_said_twice_is_the_same_and_what_comes_late_counts_not(_store);

    [Fact]
    public Task Others_read_what_a_node_wants_until_it_gives_it_back() =>
        ShareStoreContract.Others_read_what_a_node_wants_until_it_gives_it_back(_store);

    [Fact]
    public async Task The_share_of_a_node_that_was_killed_is_there_for_others_when_it_has_run_out()
    {
        FleetMember a = await ShareStoreContract.MemberAsync(_store, "a"), b = await ShareStoreContract.MemberAsync(_store, "b");
        await ShareStoreContract.SettleAsync(_store, a, 1, demand: 30, wanted: 30);
        Assert.Equal(0, await ShareStoreContract.SettleAsync(_store, b, 1, demand: 30, wanted: 30));
        _time.Advance(FleetTimes.ShareTimeToLive);
        Assert.Empty(await _store.Shares.ReadAsync(b, ["alice"], default));
        Assert.Equal(30, await ShareStoreContract.SettleAsync(_store, b, 2, demand: 30, wanted: 30));
    }
}
