using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.Fleet.Postgres;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Leases in a real PostgreSQL.</summary>
[Collection(PostgresGroup.Name)]
public sealed class PostgresLeasesTests(PostgresServer server)
{
    [PostgresFact]
    public Task One_node_at_a_time_has_an_address() => RunAsync(LeaseStoreContract.One_node_at_a_time_has_an_address);

    [PostgresFact]
    public Task Another_server_of_the_name_waits_unless_it_was_handed_the_token() =>
        RunAsync(LeaseStoreContract.Another_server_of_the_name_waits_unless_it_was_handed_the_token);

    [PostgresFact]
    public Task Fleets_do_not_share_addresses_and_a_stranger_gets_none() =>
        RunAsync(LeaseStoreContract.Fleets_do_not_share_addresses_and_a_stranger_gets_none);

    [PostgresFact]
    public Task Of_many_that_ask_at_once_in_any_order_one_gets_each_address() => RunAsync(async (store, fleet) =>
    {
        await using PostgresStore other = new(fleet);
        FleetMember a = await LeaseStoreContract.JoinAsync(store, "a"), b = await LeaseStoreContract.JoinAsync(store, "b");
        LeaseWish[] wishes = [.. Enumerable.Range(1, 60).Select(i => new LeaseWish(System.Net.IPAddress.Parse($"192.0.2.{i}"), 0))];
        for (int round = 0; round < 10; round++)
        {
            IReadOnlyList<LeaseRow>[] rows = await Task.WhenAll(
                store.Leases.RenewAsync(a, wishes, default), other.Leases.RenewAsync(b, [.. wishes.Reverse()], default));
            Assert.All(rows, some => Assert.Equal(60, some.Count));
            HashSet<string> first = [.. rows[0].Where(row => row.Node == "a").Select(row => $"{row.Address}")];
            Assert.DoesNotContain(rows[1], row => row.Node == "b" && first.Contains($"{row.Address}"));
            if (round < 5) await server.RunSqlAsync(fleet.Store.Database, "UPDATE multiexit.lease SET until = clock_timestamp()");
        }
    });

    [PostgresFact]
    public Task What_has_run_out_is_taken_and_rows_of_others_that_mean_nothing_are_passed_over() => RunAsync(async (store, fleet) =>
    {
        FleetMember a = await LeaseStoreContract.JoinAsync(store, "a");
        await server.RunSqlAsync(fleet.Store.Database, """
            INSERT INTO multiexit.lease VALUES ('prod', '192.0.2.1', 'b', 1, 7, now() - interval '1 ms'),
                ('prod', '192.0.2.2', 'b', 1, 7, 'infinity'), ('prod', '192.0.2.3', E'b\u001b[2J', 1, 7, now() + interval '1 h'),
                ('prod', '192.0.2.4', 'b', 1, 7, now() + interval '9000 years');
            """);
        IReadOnlyList<LeaseRow> rows = await store.Leases.RenewAsync(
            a, [.. Enumerable.Range(1, 4).Select(i => new LeaseWish(System.Net.IPAddress.Parse($"192.0.2.{i}"), 0))], default);
        Assert.Equal(["192.0.2.1 a 8", "192.0.2.4 b 7"],
            rows.Select(row => $"{row.Address} {row.Node} {row.Token}").Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.InRange(row.Left.TotalSeconds, 5, 15));
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
