using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Lockouts in a store in memory.</summary>
public sealed class MemoryLockoutsTests
{
    private readonly ILockoutStore _store = new MemoryStore(new ManualTimeProvider()).Lockouts;

    [Fact]
    public Task What_one_node_writes_the_others_read_once() => LockoutStoreContract.What_one_node_writes_the_others_read_once(_store);

    [Fact]
    public Task The_newest_word_about_a_client_holds() => LockoutStoreContract.The_newest_word_about_a_client_holds(_store);

    [Fact]
    public Task A_store_at_an_earlier_version_than_was_read_is_read_from_its_start() =>
        LockoutStoreContract.A_store_at_an_earlier_version_than_was_read_is_read_from_its_start(_store);
}
