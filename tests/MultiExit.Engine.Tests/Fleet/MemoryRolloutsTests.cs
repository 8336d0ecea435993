using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Versions and rollouts in a store in memory.</summary>
public sealed class MemoryRolloutsTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly IFleetStore _store;

    public MemoryRolloutsTests() => _store = new MemoryStore(_time);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task What_one_node_publishes_the_others_read() => RolloutStoreContract.What_one_node_publishes_the_others_read(_store);

    [Fact]
    public Task While_one_version_is_rolled_out_only_the_same_one_is_taken_again() =>
        RolloutStoreContract.While_one_version_is_rolled_out_only_the_same_one_is_taken_again(_store);

    [Fact]
    public Task A_version_that_was_rolled_back_is_nobodys_base() => RolloutStoreContract.A_version_that_was_rolled_back_is_nobodys_base(_store);

    [Fact]
    public Task A_step_counts_once_and_only_from_where_it_was_read() => RolloutStoreContract.A_step_counts_once_and_only_from_where_it_was_read(_store);

    [Fact]
    public Task Nobody_confirms_what_is_late() => RolloutStoreContract.Nobody_confirms_what_is_late(_store, () =>
    {
        _time.Advance(TimeSpan.FromSeconds(11));
        return Task.CompletedTask;
    });

    [Fact]
    public Task A_server_that_is_not_the_node_any_more_writes_nothing() =>
        RolloutStoreContract.A_server_that_is_not_the_node_any_more_writes_nothing(_store);

    [Fact]
    public Task Whoever_leads_sees_what_the_nodes_say_and_decides() => RolloutStoreContract.Whoever_leads_sees_what_the_nodes_say_and_decides(_store);

    [Fact]
    public Task A_restored_store_gives_no_number_twice() => RolloutStoreContract.A_restored_store_gives_no_number_twice(_store);
}
