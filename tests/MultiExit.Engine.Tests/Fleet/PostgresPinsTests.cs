using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Pins;
using MultiExit.Engine.Fleet.Postgres;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Pins in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresPinsTests(PostgresServer server)
{
    [PostgresFact]
    public Task What_one_node_writes_the_others_read_once() => RunAsync(PinStoreContract.What_one_node_writes_the_others_read_once);

    [PostgresFact]
    public Task The_newest_connection_holds_whoever_writes_first() => RunAsync(PinStoreContract.The_newest_connection_holds_whoever_writes_first);

    [PostgresFact]
    public Task What_is_over_is_not_read_and_a_server_that_was_replaced_writes_nothing() =>
        RunAsync(PinStoreContract.What_is_over_is_not_read_and_a_server_that_was_replaced_writes_nothing);

    [PostgresFact]
    public Task Rows_of_others_with_absurd_times_and_names_are_no_more_than_data() => RunAsync(async (store, fleet) =>
    {
        await server.RunSqlAsync(fleet.Store.Database, """
            INSERT INTO multiexit.change VALUES ('prod', 'bindings', 5);
            INSERT INTO multiexit.pin VALUES
                ('prod', 'pool', '01234567-89ab-cdef-0011-223344556677', E'\u001b[2J''; --', clock_timestamp() + interval '1 year', 60, NULL, 5),
                ('prod', 'pool', gen_random_uuid(), 'x', 'infinity', 60, NULL, 5),
                ('prod', 'none', gen_random_uuid(), 'x', '294276-12-31 UTC', 2592000, NULL, 5),
                ('prod', 'old', gen_random_uuid(), 'x', clock_timestamp() - interval '61 s', 60, NULL, 5);
            """);
        IReadOnlyList<SharedPin> read = (await store.Pins.ReadAsync("prod", 0, default)).Pins;
        Assert.Equal(2, read.Count);
        SharedPin hostile = read.Single(pin => pin.Group == "pool");
        Assert.Equal((PinStoreContract.Client, TimeSpan.Zero), (hostile.Binding.Id, hostile.Binding.Age));
        // What is over is deleted, and a time that has not come keeps nobody from the next word.
        Assert.Equal(3L, await server.RunSqlAsync(fleet.Store.Database, "SELECT count(*) FROM multiexit.pin"));
        FleetMember a = await ShareStoreContract.MemberAsync(store, "a");
        await store.Pins.WriteAsync(a, [PinStoreContract.Of("e1", age: 3)], default);
        Assert.Equal("e1", (await store.Pins.ReadAsync("prod", 0, default)).Pins.Single(pin => pin.Group == "pool").Binding.Member);
    });

    private Task RunAsync(Func<IFleetStore, Task> test) => RunAsync((store, _) => test(store));

    private async Task RunAsync(Func<IFleetStore, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store, fleet);
    }
}
