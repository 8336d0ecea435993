using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Records in a store in memory.</summary>
public sealed class MemoryRecordsTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryStore _store;

    public MemoryRecordsTests() => _store = new MemoryStore(_time);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task What_nodes_write_is_found_newest_first_with_each_field() =>
        SharedRecordStoreContract.What_nodes_write_is_found_newest_first_with_each_field(_store, _time.GetUtcNow());

    [Fact]
    public Task What_is_written_twice_is_there_once() =>
        SharedRecordStoreContract.What_is_written_twice_is_there_once(_store, _time.GetUtcNow());

    [Fact]
    public Task A_server_that_is_no_longer_the_node_writes_nothing() =>
        SharedRecordStoreContract.A_server_that_is_no_longer_the_node_writes_nothing(_store, _time.GetUtcNow());

    [Fact]
    public Task Each_thing_that_can_be_asked_for_leaves_the_others_out() =>
        SharedRecordStoreContract.Each_thing_that_can_be_asked_for_leaves_the_others_out(_store, _time.GetUtcNow());

    [Fact]
    public Task Pages_follow_each_other_without_a_gap_also_where_keys_are_the_same() =>
        SharedRecordStoreContract.Pages_follow_each_other_without_a_gap_also_where_keys_are_the_same(_store, _time.GetUtcNow());
}
