using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Fleet.Memory;
using MultiExit.Engine.Management;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Tests.Takeover;

/// <summary>A lease goes to the process that takes over, and the one before keeps its connections.</summary>
public sealed class HandedLeaseTests
{
    [LinuxFact("sockets are handed over")]
    public async Task The_new_process_has_the_lease_at_once_and_keeps_it_for_the_connections_of_the_old_one()
    {
        MemoryTables tables = new(TimeProvider.System);
        await using EchoTarget target = new();
        await using TakeoverRig rig = new(TransportKind.Automatic, _ => new MemoryStore(tables));
        rig.Write("""
            fleet: { store: "postgres://node@store.example/fleet", name: prod, node: a }
            exits: [{ name: wan, type: direct, address: 127.0.0.9, lease: true }]
            default: wan
            """);
        ManagedServer old = await rig.StartAsync();
        await Wait.UntilAsync(() => LeaseOf(old) is { IsHeld: true });
        using Socket client = await TakeoverRig.OpenAsync(TakeoverRig.Listener(old), target.EndPoint);
        await EchoesAsync(client);

        ManagedServer next = await rig.TakeOverAsync();
        HandedLease handed = Assert.Single(old.Gateway.Leases.Export());
        Assert.True(LeaseOf(next)!.IsHeld);
        using Socket other = await TakeoverRig.OpenAsync(TakeoverRig.Listener(next), target.EndPoint);
        await EchoesAsync(other);
        // The new one renews it under its own epoch, and the old one hears of that.
        await Wait.UntilAsync(() => LeaseOf(next) is { Epoch: 2, Token: 2 });
        await Wait.UntilAsync(() => old.Gateway.Leases.Export() is [{ } now] && now.Until > handed.Until);
        await EchoesAsync(client);
        Assert.Equal(("a", 2L), tables.Leases[("prod", IPAddress.Parse("127.0.0.9"))] is { } row ? (row.Node, row.Epoch) : default);
    }

    private static ExitLeaseStatus? LeaseOf(ManagedServer server) => server.Gateway.GetExits().Single(exit => exit.Name == "wan").Lease;

    private static async Task EchoesAsync(Socket client)
    {
        await client.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), await TakeoverRig.ReadAsync(client, 4));
    }
}
