using System.Globalization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A server whose users have used a part of their quotas on other nodes.</summary>
public sealed class FleetQuotaServerTests
{
    [Fact]
    public async Task A_user_moves_what_the_other_nodes_have_left_of_its_quota_and_the_server_shows_what_all_have_used()
    {
        const int quota = 1 << 20, left = 50_000, moved = 60_000;
        using TemporaryFolder folder = new();
        await using EchoTarget target = new();
        MemoryTables tables = new(TimeProvider.System);
        string month = DateTimeOffset.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        tables.Quotas[("prod", "alice", month, "other", Guid.NewGuid())] = new MemoryQuota(1, 1, quota - left, 0, Version: 1);
        GatewayConfig config = TestGateway.Mixed(
            new LimitsConfig { UsageFile = Path.Combine(folder.Path, "usage.json"), PerUser = new ScopeLimits { Quota = quota } },
            new UserConfig("alice", new Secret("secret"))) with
        {
            Fleet = new FleetConfig(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", "a"),
        };
        await using TestGateway gateway = await TestGateway.StartAsync(config, new GatewayOptions { FleetStore = _ => new MemoryStore(tables) });
        await Wait.UntilAsync(() => Alice().UsedThisMonth == quota - left);
        await using SocketStream client = await gateway.ConnectThroughAsync(target.EndPoint, "alice");
        // Half of it each way.
        await client.WriteAsync(new byte[moved / 2]);
        await client.ReadExactlyAsync(new byte[moved / 2]).AsTask().WaitAsync(TestTransports.Patience);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync(new byte[1]).AsTask().WaitAsync(TestTransports.Patience));
        Assert.Equal((quota - left + moved, quota), (Alice().UsedThisMonth, Alice().Quota));
        await Wait.UntilAsync(() =>
        {
            lock (tables.Lock) return tables.Quotas.Any(row => row.Key.Node == "a" && row.Value.Spent == moved);
        });

        UserStatus Alice() => gateway.Server.GetUsers().Single(user => user.Name == "alice");
    }
}
