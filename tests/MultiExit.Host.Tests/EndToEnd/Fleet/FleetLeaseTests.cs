using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MultiExit.Engine.Status;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>An address that one node at a time uses, judged by the packets that nodes send.</summary>
public sealed class FleetLeaseTests(ITestOutputHelper output)
{
    private const string Address = "198.51.100.50";

    private const string Rest = $$"""
        exits: [{ name: wan, type: direct, address: {{Address}}, lease: true }]
        default: wan
        """;

    [FleetFact]
    public async Task A_killed_holder_is_followed_by_another_and_a_stopped_one_sends_nothing_when_it_goes_on()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest, Address);
        await using EchoWorld target = new(network.World, saysSource: true);
        network.Watch(Address);
        ConcurrentQueue<string> twice = [];
        using CancellationTokenSource watched = new();
        int first = await HolderAsync(network, [0, 1, 2]);
        network.Lead(Address, first);
        await ServesAsync(network, first, target.Port);

        network.Proxy(first).Signal("KILL");
        int[] left = [.. Enumerable.Range(0, FleetNetwork.Nodes).Where(n => n != first)];
        Task watching = WatchAsync(network, left, twice, watched.Token);
        int second = await HolderAsync(network, left);
        network.Lead(Address, second);
        await ServesAsync(network, second, target.Port);

        // The one that is stopped believes that it has the address when it goes on.
        int third = left.Single(n => n != second);
        await watched.CancelAsync();
        await watching;
        // The packets that end its session have been sent: what it sends after the stop is of nothing older.
        await FleetNetwork.UntilAsync(async () => (await network.Control(second).GetSessionsAsync()).All(session => session.Ended is not null));
        network.Proxy(second).Signal("STOP");
        Assert.Equal(third, await HolderAsync(network, [third]));
        network.Lead(Address, third);
        await ServesAsync(network, third, target.Port);
        int before = network.Sent(second);
        network.Proxy(second).Signal("CONT");
        for (int i = 0; i < 20; i++)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => SourceAsync(network, second, target.Port));
            await ServesAsync(network, third, target.Port);
        }
        await network.WaitForAsync(second, fleet => fleet.Reachable);
        Assert.Equal(before, network.Sent(second));
        Assert.Empty(twice);
        output.WriteLine($"packets by node: {string.Join(", ", Enumerable.Range(0, FleetNetwork.Nodes).Select(network.Sent))}");
    }

    // Waits until one of the nodes has the lease.
    private static async Task<int> HolderAsync(FleetNetwork network, int[] nodes)
    {
        int holder = -1;
        await FleetNetwork.UntilAsync(async () =>
        {
            foreach (int n in nodes)
                if (await IsHolderAsync(network, n)) holder = n;
            return holder >= 0;
        });
        return holder;
    }

    private static async Task<bool> IsHolderAsync(FleetNetwork network, int n) => await HeldAsync(network, n) is not null;

    // The number of the grant that the node has; null: it has none.
    private static async Task<long?> HeldAsync(FleetNetwork network, int n) =>
        (await network.Control(n).GetExitsAsync()).Single(exit => exit.Name == "wan").Lease is { IsHeld: true } lease ? lease.Token : null;

    private static async Task WatchAsync(FleetNetwork network, int[] nodes, ConcurrentQueue<string> twice, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Nodes are not asked at one moment, and the lease may move in between. One that has the same grant before and after the other was asked, and
            // its number counts up with each holder, had it then too.
            foreach ((int one, int other) in ((int, int)[])[(nodes[0], nodes[1]), (nodes[1], nodes[0])])
            {
                long? before = await HeldAsync(network, one), between = await HeldAsync(network, other), after = await HeldAsync(network, one);
                if (before is not null && between is not null && after == before) twice.Enqueue($"node {one} has grant {before}, node {other} {between}");
            }
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task ServesAsync(FleetNetwork network, int node, int port) => Assert.Equal(Address, await SourceAsync(network, node, port));

    private static async Task<string> SourceAsync(FleetNetwork network, int node, int port)
    {
        using CancellationTokenSource limit = new(Support.HostProcess.Limit);
        using Socket socket = await FleetClient.ConnectAsync(network.World, node, port);
        return new IPAddress(await FleetClient.ReadAsync(socket, 4, limit.Token)).ToString();
    }
}
