using System.Net.Sockets;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>One user opens as many connections as it can on three nodes at once.</summary>
public sealed class FleetShareTests(ITestOutputHelper output)
{
    private const int Limit = 30, Part = Limit / FleetNetwork.Nodes;

    // What a node where the user is new may begin with, before it knows of the others.
    private const int Most = Limit + (FleetNetwork.Nodes - 1) * Part;

    private const string Rest = """
        exits: [{ name: out, type: direct }]
        default: out
        limits: { users: { alice: { connections: 30 } } }
        """;

    [FleetFact]
    public async Task Three_nodes_let_in_the_connections_of_one_limit_and_a_node_that_is_killed_leaves_its_part_to_the_others()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        await using EchoWorld target = new(network.World);
        List<Socket>[] open = [.. Enumerable.Range(0, FleetNetwork.Nodes).Select(_ => new List<Socket>())];
        try
        {
            // Each of them counts by as many nodes as it knew in its last exchange.
            for (int n = 0; n < FleetNetwork.Nodes; n++) open[n].Add(await FleetClient.ConnectAsync(network.World, n, target.Port));
            await FleetNetwork.UntilAsync(() => Task.FromResult(network.Database.Sql("fleet", "SELECT count(DISTINCT node) FROM multiexit.share") == "3"));
            await FleetNetwork.UntilAsync(async () =>
            {
                await FillAsync(0, 1, 2);
                return open.Sum(sockets => sockets.Count) >= Limit;
            });
            output.WriteLine($"at once: {string.Join(" + ", open.Select(sockets => sockets.Count))}");
            Assert.InRange(open.Sum(sockets => sockets.Count), Limit, Most);
            Assert.All(open, sockets => Assert.InRange(sockets.Count, 1, Limit - 1));
            // What ends on one of them is for all of them to have, and what ends with a killed one is so when its share has run out.
            network.Proxy(2).Signal("KILL");
            Clear(2);
            await FleetNetwork.UntilAsync(async () =>
            {
                await FillAsync(0, 1);
                return open[0].Count + open[1].Count >= Limit;
            });
            output.WriteLine($"without the third one: {open[0].Count} + {open[1].Count}");
            Assert.InRange(open[0].Count + open[1].Count, Limit, Most);
            // The user leaves one node, and has nearly everything on the other one.
            Clear(1);
            await FleetNetwork.UntilAsync(async () =>
            {
                await FillAsync(0);
                return open[0].Count >= Limit - 1;
            });
            Assert.InRange(open[0].Count, Limit - 1, Limit);
        }
        finally
        {
            foreach (Socket socket in open.SelectMany(sockets => sockets)) socket.Dispose();
        }

        Task FillAsync(params int[] nodes) => Task.WhenAll(nodes.Select(async n =>
        {
            try
            {
                while (true) open[n].Add(await FleetClient.ConnectAsync(network.World, n, target.Port));
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // It is refused.
            }
            Assert.InRange(open[n].Count, 0, Limit);
        }));

        void Clear(int n)
        {
            foreach (Socket socket in open[n]) socket.Dispose();
            open[n].Clear();
        }
    }
}
