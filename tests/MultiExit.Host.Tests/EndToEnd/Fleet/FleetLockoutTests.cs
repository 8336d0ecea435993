using System.Diagnostics;
using System.Net.Sockets;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>A client that one node locks out stands before closed doors at all of them.</summary>
public sealed class FleetLockoutTests(ITestOutputHelper output)
{
    private const string Rest = """
        exits: [{ name: out, type: direct }]
        default: out
        limits: { lockout: { failures: 3, within: 1m, lasts: 1m } }
        """;

    private const string Client = "10.76.0.100";

    [FleetFact]
    public async Task A_lockout_on_one_node_is_known_on_all_and_so_is_its_end()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        await using FleetTraffic traffic = await FleetTraffic.StartAsync(network.World, [0, 1, 2], flows: 3, newPerSecond: 10);
        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<Exception>(() => FleetClient.ConnectAsync(network.World, 0, traffic.Port, "wrong", Client));
        Stopwatch spread = Stopwatch.StartNew();
        for (int n = 0; n < FleetNetwork.Nodes; n++) await FleetNetwork.UntilAsync(async () => await IsRefusedAsync(network, n, traffic.Port));
        output.WriteLine($"all nodes lock it out after {spread.Elapsed.TotalMilliseconds:0} ms");
        await network.Control(2).UnlockClientAsync(System.Net.IPAddress.Parse(Client));
        for (int n = 0; n < FleetNetwork.Nodes; n++) await FleetNetwork.UntilAsync(async () => !await IsRefusedAsync(network, n, traffic.Port));
        // Nobody else was touched.
        Assert.Empty(traffic.Faults);
    }

    private static async Task<bool> IsRefusedAsync(FleetNetwork network, int node, int port)
    {
        try
        {
            using Socket socket = await FleetClient.ConnectAsync(network.World, node, port, from: Client);
            return false;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return true;
        }
    }
}
