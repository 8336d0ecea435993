using System.Net.Sockets;
using MultiExit.Engine.Status;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>One user spends one quota on three nodes at once.</summary>
public sealed class FleetQuotaTests(ITestOutputHelper output)
{
    private const long Quota = 10 * 1024 * 1024, Chunk = 1024 * 1024;
    private const int Block = 15_000; // there and back, ten times a second: what a node lets pass before it looks again stays small

    private const string Rest = """
        exits: [{ name: out, type: direct }]
        default: out
        limits: { usage_file: usage-NODE.json, users: { alice: { quota: 10MiB } } }
        """;

    [FleetFact]
    public async Task What_passes_on_three_nodes_at_once_is_the_quota_and_no_more_than_a_chunk_a_node_off_it()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        await using EchoWorld target = new(network.World);
        long[] passed = await Task.WhenAll(Enumerable.Range(0, FleetNetwork.Nodes).Select(n => SpendAsync(network, n, target.Port)));
        output.WriteLine($"{string.Join(" + ", passed)} = {passed.Sum()} of {Quota}");
        Assert.InRange(passed.Sum(), Quota - FleetNetwork.Nodes * Chunk, Quota + FleetNetwork.Nodes * Chunk);
        Assert.All(passed, bytes => Assert.InRange(bytes, Chunk / 2, Quota));
        // What one node shows is what all have used.
        for (int n = 0; n < FleetNetwork.Nodes; n++)
        {
            await FleetNetwork.UntilAsync(async () =>
                (await network.Control(n).GetUsersAsync()).Single(user => user.Name == "alice").UsedThisMonth >= Quota - FleetNetwork.Nodes * Chunk);
            await Assert.ThrowsAnyAsync<Exception>(() => FleetClient.ConnectAsync(network.World, n, target.Port));
        }
    }

    // Until the node cuts it.
    private static async Task<long> SpendAsync(FleetNetwork network, int node, int port)
    {
        long passed = 0;
        byte[] block = new byte[Block];
        using Socket socket = await FleetClient.ConnectAsync(network.World, node, port);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        try
        {
            while (true)
            {
                await socket.SendAsync(block, limit.Token);
                passed += Block;
                passed += (await FleetClient.ReadAsync(socket, Block, limit.Token)).Length;
                await Task.Delay(100, limit.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return passed;
        }
    }
}
