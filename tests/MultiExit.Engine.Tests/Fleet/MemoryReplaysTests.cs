using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Answered handshakes in a store in memory.</summary>
public sealed class MemoryReplaysTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(new ManualTimeProvider());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task Each_handshake_is_new_once_in_a_fleet() => ReplayStoreContract.Each_handshake_is_new_once_in_a_fleet(_store.Replays);

    [Fact]
    public Task What_is_over_is_deleted_in_parts_and_nothing_else() =>
        ReplayStoreContract.What_is_over_is_deleted_in_parts_and_nothing_else(_store.Replays);
}
