using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Quotas in a store in memory.</summary>
public sealed class MemoryQuotasTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(new ManualTimeProvider());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public Task What_is_reserved_is_never_more_than_the_quota() => QuotaStoreContract.What_is_reserved_is_never_more_than_the_quota(_store);

    [Fact]
    public Task The_same_said_twice_counts_once_and_what_comes_late_counts_not() =>
        QuotaStoreContract.The_same_said_twice_counts_once_and_what_comes_late_counts_not(_store);

    [Fact]
    public Task A_server_that_was_replaced_and_another_month_or_fleet_change_nothing() =>
        QuotaStoreContract.A_server_that_was_replaced_and_another_month_or_fleet_change_nothing(_store);

    [Fact]
    public Task Others_read_what_has_changed() => QuotaStoreContract.Others_read_what_has_changed(_store);
}
