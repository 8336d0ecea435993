using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Leases in a store in memory.</summary>
public sealed class MemoryLeasesTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(new ManualTimeProvider());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task One_node_at_a_time_has_an_address() => LeaseStoreContract.One_node_at_a_time_has_an_address(_store);

    [Fact]
    public Task Another_server_of_the_name_waits_unless_it_was_handed_the_token() =>
        LeaseStoreContract.Another_server_of_the_name_waits_unless_it_was_handed_the_token(_store);

    [Fact]
    public Task Fleets_do_not_share_addresses_and_a_stranger_gets_none() =>
        LeaseStoreContract.Fleets_do_not_share_addresses_and_a_stranger_gets_none(_store);
}
