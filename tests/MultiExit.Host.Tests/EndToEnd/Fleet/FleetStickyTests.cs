using System.Net.Sockets;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>A session of a user leaves from one address, whichever node it comes to.</summary>
public sealed class FleetStickyTests
{
    private static readonly string[] Addresses = ["198.51.100.60", "198.51.100.61", "198.51.100.62", "198.51.100.63"];

    private const string Rest = """
        name_parameters: [session]
        exits:
          - { name: e0, type: direct, address: 198.51.100.60 }
          - { name: e1, type: direct, address: 198.51.100.61 }
          - { name: e2, type: direct, address: 198.51.100.62 }
          - { name: e3, type: direct, address: 198.51.100.63 }
        groups: [{ name: pool, strategy: sticky, bind: header, exits: [e0, e1, e2, e3] }]
        default: pool
        """;

    [FleetFact]
    public async Task A_session_leaves_from_the_same_address_on_every_node()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest, Addresses);
        await using EchoWorld target = new(network.World, saysSource: true);
        List<string[]> seen = [];
        for (int n = 0; n < FleetNetwork.Nodes; n++)
        {
            foreach (string address in Addresses) network.Lead(address, n);
            List<string> sources = [];
            for (int session = 0; session < 12; session++) sources.Add(await SourceAsync(network, n, target.Port, $"alice+session={session}"));
            seen.Add([.. sources]);
        }
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[0], seen[2]);
        Assert.InRange(seen[0].Distinct().Count(), 2, Addresses.Length);
        Assert.All(seen[0], source => Assert.Contains(source, Addresses));
    }

    [FleetFact]
    public async Task A_session_that_had_to_move_on_one_node_leaves_from_its_new_address_on_all_of_them()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest, Addresses);
        await using EchoWorld target = new(network.World, saysSource: true);
        string first = await ComeToAsync(0);
        string exit = $"e{Array.IndexOf(Addresses, first)}";
        await network.Control(0).SetExitEnabledAsync(exit, enabled: false);
        string moved = await ComeToAsync(0);
        Assert.NotEqual(first, moved);
        await network.Control(0).SetExitEnabledAsync(exit, enabled: true);
        // The exit was never gone there.
        for (int n = 1; n < FleetNetwork.Nodes; n++) await FleetNetwork.UntilAsync(async () => await ComeToAsync(n) == moved);
        Assert.Equal(moved, await ComeToAsync(0));
        Assert.Equal("1", network.Database.Sql("fleet", "SELECT count(*) FROM multiexit.pin"));

        Task<string> ComeToAsync(int n)
        {
            foreach (string address in Addresses) network.Lead(address, n);
            return SourceAsync(network, n, target.Port, "alice+session=moving");
        }
    }

    private static async Task<string> SourceAsync(FleetNetwork network, int node, int port, string user)
    {
        using CancellationTokenSource limit = new(Support.HostProcess.Limit);
        using Socket socket = await FleetClient.ConnectAsync(network.World, node, port, user: user);
        return new System.Net.IPAddress(await FleetClient.ReadAsync(socket, 4, limit.Token)).ToString();
    }
}
