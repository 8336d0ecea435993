using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Three servers of a fleet, on which one user has one limit.</summary>
public sealed class FleetShareServerTests
{
    private const int Limit = 12, Nodes = 3, Most = Limit + (Nodes - 1) * Limit / Nodes;

    [Fact]
    public async Task A_user_has_the_connections_of_its_limit_on_three_servers_together_and_nearly_all_where_it_alone_is()
    {
        await using EchoTarget target = new();
        MemoryTables tables = new(TimeProvider.System);
        List<TestGateway> gateways = [];
        List<SocketStream>[] clients = [[], [], []];
        try
        {
            for (int n = 0; n < Nodes; n++) gateways.Add(await StartAsync(tables, $"n{n}"));
            foreach (TestGateway gateway in gateways)
                await Wait.UntilAsync(() => gateway.Server.GetStatus().Fleet?.Nodes.Count(node => node.State == NodeState.Alive) == Nodes);
            // Each of them counts by as many nodes as it knew in its last exchange.
            for (int n = 0; n < Nodes; n++) clients[n].Add(await gateways[n].ConnectThroughAsync(target.EndPoint, "alice"));
            await Wait.UntilAsync(() =>
            {
                lock (tables.Lock) return tables.Shares.Keys.Select(key => key.Node).Distinct(StringComparer.Ordinal).Count() == Nodes;
            });
            // As many as they let in, on all of them at once: its limit, and where one of them was late, what the others may have begun with.
            await Wait.UntilAsync(async () =>
            {
                await Task.WhenAll(gateways.Select((_, n) => FillAsync(n)));
                Assert.InRange(Live(), 1, Most);
                return Live() >= Limit;
            });
            // When it leaves two of them, they keep room for one for a while, and the third one has the rest.
            foreach (List<SocketStream> open in clients[1..])
            {
                foreach (SocketStream client in open) await client.DisposeAsync();
                open.Clear();
            }
            await Wait.UntilAsync(async () =>
            {
                await FillAsync(0);
                Assert.InRange(Live(), 1, Most);
                return clients[0].Count >= Limit - 2;
            });
            lock (tables.Lock)
                Assert.InRange(tables.Shares.Where(row => row.Key.Kind == ShareKind.Connections).Sum(row => row.Value.Granted), Limit - 2, Limit);
        }
        finally
        {
            foreach (SocketStream client in clients.SelectMany(open => open)) await client.DisposeAsync();
            foreach (TestGateway gateway in gateways) await gateway.DisposeAsync();
        }

        int Live() => clients.Sum(open => open.Count);

        async Task FillAsync(int n)
        {
            try
            {
                while (true) clients[n].Add(await gateways[n].ConnectThroughAsync(target.EndPoint, "alice"));
            }
            catch (Exception exception) when (exception is IOException or Xunit.Sdk.EqualException)
            {
                // It is refused.
            }
        }
    }

    private static Task<TestGateway> StartAsync(MemoryTables tables, string node)
    {
        GatewayConfig config = TestGateway.Mixed(
            new LimitsConfig { PerUser = new ScopeLimits { Connections = Limit } }, new UserConfig("alice", new Secret("secret"))) with
        {
            Fleet = new FleetConfig(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", node),
        };
        return TestGateway.StartAsync(config, new GatewayOptions { FleetStore = _ => new MemoryStore(tables) });
    }
}
