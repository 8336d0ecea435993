using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Lockouts;
using MultiExit.Engine.Fleet.Postgres;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Lockouts in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresLockoutsTests(PostgresServer server)
{
    [PostgresFact]
    public Task What_one_node_writes_the_others_read_once() => RunAsync(LockoutStoreContract.What_one_node_writes_the_others_read_once);

    [PostgresFact]
    public Task The_newest_word_about_a_client_holds() => RunAsync(LockoutStoreContract.The_newest_word_about_a_client_holds);

    [PostgresFact]
    public Task A_store_at_an_earlier_version_than_was_read_is_read_from_its_start() =>
        RunAsync(LockoutStoreContract.A_store_at_an_earlier_version_than_was_read_is_read_from_its_start);

    [PostgresFact]
    public Task Rows_of_others_that_mean_nothing_are_passed_over() => RunAsync(async (store, fleet) =>
    {
        await server.RunSqlAsync(fleet.Store.Database, """
            INSERT INTO multiexit.change VALUES ('prod', 'lockouts', 5);
            INSERT INTO multiexit.lockout VALUES ('prod', 'not an address', now() + interval '1 h', 'a', 5),
                ('prod', '192.0.2.1', 'infinity', 'a', 5), ('prod', '192.0.2.2', now() + interval '1 h', E'a\u001b[2J', 5),
                ('prod', '192.0.2.3', now() + interval '9000 years', 'a', 5);
            """);
        SharedLockout read = Assert.Single((await store.ReadAsync("prod", 0, default)).Lockouts);
        Assert.Equal(("192.0.2.3", TimeSpan.FromDays(30)), (read.Client.ToString(), read.Lasts));
    });

    [PostgresFact]
    public Task Lockouts_of_long_ago_are_deleted_and_versions_go_on() => RunAsync(async (store, fleet) =>
    {
        await server.RunSqlAsync(fleet.Store.Database, """
            INSERT INTO multiexit.change VALUES ('prod', 'lockouts', 5);
            INSERT INTO multiexit.lockout VALUES ('prod', '192.0.2.1', now() - interval '61 min', 'a', 5),
                ('prod', '192.0.2.2', now() - interval '59 min', 'a', 5);
            """);
        Assert.Equal(5, (await store.ReadAsync("prod", null, default)).Version);
        Assert.Equal(1L, await server.RunSqlAsync(fleet.Store.Database, "SELECT count(*) FROM multiexit.lockout"));
    });

    private Task RunAsync(Func<ILockoutStore, Task> test) => RunAsync((store, _) => test(store));

    private async Task RunAsync(Func<ILockoutStore, FleetConfig, Task> test)
    {
        FleetConfig fleet = await server.CreateAsync();
        await using PostgresStore store = new(fleet);
        await store.Schema.UpdateAsync(default);
        await test(store.Lockouts, fleet);
    }
}
