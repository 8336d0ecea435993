using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Pins in a store in memory.</summary>
public sealed class MemoryPinsTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(new ManualTimeProvider());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task What_one_node_writes_the_others_read_once() => PinStoreContract.What_one_node_writes_the_others_read_once(_store);

    [Fact]
    public Task The_newest_connection_holds_whoever_writes_first() => PinStoreContract.The_newest_connection_holds_whoever_writes_first(_store);

    [Fact]
    public Task What_is_over_is_not_read_and_a_server_that_was_replaced_writes_nothing() =>
        PinStoreContract.What_is_over_is_not_read_and_a_server_that_was_replaced_writes_nothing(_store);
}
