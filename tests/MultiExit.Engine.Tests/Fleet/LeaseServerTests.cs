using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>Two servers with one address, which one of them at a time uses.</summary>
public sealed class LeaseServerTests : IAsyncDisposable
{
    private static readonly IPAddress Address = IPAddress.Parse("127.0.0.9");

    private readonly MemoryTables _tables = new(TimeProvider.System);
    private readonly List<ScriptedStore> _stores = [];

    public async ValueTask DisposeAsync()
    {
        foreach (ScriptedStore store in _stores) await store.DisposeAsync();
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task The_address_moves_with_the_lease_and_open_connections_end()
    {
        await using EchoTarget target = new();
        await using TestGateway a = await StartAsync("a");
        await HoldsAsync(a);
        await using TestGateway b = await StartAsync("b");
        ExitStatus there = await UntilAsync(b, status => status.Lease is { Node: "a" });
        Assert.Contains("the node a of the fleet has the lease", there.Refusal, StringComparison.Ordinal);
        Assert.Equal((false, null), (there.Lease!.IsHeld, there.Lease.Left));

        await using SocketStream client = await a.ConnectThroughAsync(target.EndPoint);
        await EchoesAsync(client);
        await Assert.ThrowsAnyAsync<Exception>(() => b.ConnectThroughAsync(target.EndPoint));

        // Out of use, but the last connection has the lease still.
        a.Server.SetExitEnabled("wan", enabled: false);
        await EchoesAsync(client);
        Assert.True(StatusOf(a).Lease!.IsHeld);
        a.Server.SetExitEnabled("wan", enabled: false, cutSessions: true);
        await HoldsAsync(b);
        Assert.False(StatusOf(a).Lease!.IsHeld);
        await Assert.ThrowsAnyAsync<Exception>(() => EchoesAsync(client));
        await using SocketStream other = await b.ConnectThroughAsync(target.EndPoint);
        await EchoesAsync(other);
        Assert.Single(a.Server.GetLog(new() { Ids = ["MX1160"] }));
        Assert.Single(b.Server.GetLog(new() { Ids = ["MX1158"] }));

        // A node that stops gives the address back at once.
        a.Server.SetExitEnabled("wan", enabled: true);
        await b.Server.DisposeAsync();
        await HoldsAsync(a);
        Assert.Equal(3, StatusOf(a).Lease!.Token);
    }

    [LinuxFact("all of 127.0.0.0/8")]
    public async Task A_reload_without_the_lease_gives_it_back_and_one_that_changes_labels_keeps_it()
    {
        await using EchoTarget target = new();
        await using TestGateway a = await StartAsync("a");
        await HoldsAsync(a);
        await using SocketStream client = await a.ConnectThroughAsync(target.EndPoint);
        await a.Server.ReloadAsync(Config("a") with { Fleet = Fleet("a") with { Labels = ["eu"] } });
        await EchoesAsync(client);
        await UntilAsync(a, status => status.Lease is { IsHeld: true, Epoch: 2 });
        await EchoesAsync(client);
        await a.Server.ReloadAsync(Config("a") with { Fleet = null, Exits = [new DirectExitConfig { Name = "wan", Address = Address }] });
        Assert.Null(StatusOf(a).Lease);
        await Wait.UntilAsync(() => _tables.Leases[("prod", Address)].Until <= DateTimeOffset.UtcNow);
        await Assert.ThrowsAnyAsync<Exception>(() => EchoesAsync(client));
    }

    private async Task<TestGateway> StartAsync(string node)
    {
        ScriptedStore store = new(_tables, TimeProvider.System);
        _stores.Add(store);
        return await TestGateway.StartAsync(Config(node), new GatewayOptions { FleetStore = _ => store });
    }

    private static FleetConfig Fleet(string node) => new(new StoreAddress("node", "store.example", 5432, "fleet"), "prod", node);

    private static GatewayConfig Config(string node) => TestGateway.Mixed() with
    {
        Fleet = Fleet(node), Exits = [new DirectExitConfig { Name = "wan", Address = Address, Lease = true }], Default = "wan",
    };

    private static ExitStatus StatusOf(TestGateway gateway) => gateway.Server.GetExits().Single(exit => exit.Name == "wan");

    private static Task HoldsAsync(TestGateway gateway) => UntilAsync(gateway, status => status.Lease is { IsHeld: true } && status.Refusal is null);

    private static async Task<ExitStatus> UntilAsync(TestGateway gateway, Func<ExitStatus, bool> condition)
    {
        await Wait.UntilAsync(() => condition(StatusOf(gateway)));
        return StatusOf(gateway);
    }

    private static async Task EchoesAsync(SocketStream client)
    {
        await client.WriteAsync("ping"u8.ToArray());
        byte[] answer = new byte[4];
        await client.ReadExactlyAsync(answer).AsTask().WaitAsync(TestTransports.Patience);
    }
}
