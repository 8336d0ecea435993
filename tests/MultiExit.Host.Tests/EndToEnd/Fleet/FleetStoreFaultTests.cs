using MultiExit.Engine.Status;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>What clients notice while the store is killed, stopped and cut off: nothing.</summary>
public sealed class FleetStoreFaultTests(ITestOutputHelper output)
{
    // As long as is promised, or until each node has noticed.
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MULTIEXIT_FLEET") == "full";
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(IsFull ? 30 : 0);
    private static readonly int Flows = IsFull ? 200 : 50, NewPerSecond = IsFull ? 100 : 50;

    private const string Rest = "exits: [{ name: out, type: direct }]\ndefault: out\n";

    [FleetFact]
    public async Task No_flow_is_reset_and_no_connection_refused_while_the_store_is_killed_stopped_and_cut_off()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        FleetTraffic traffic = await FleetTraffic.StartAsync(network.World, [0, 1, 2], Flows, NewPerSecond);
        await using (traffic)
        {
            network.Database.Kill();
            await AllAsync(network, fleet => !fleet.Reachable);
            await Task.Delay(Away);
            await network.Database.StartAsync();
            await AllAsync(network, fleet => fleet.Reachable);

            network.Database.Signal("STOP");
            await AllAsync(network, fleet => fleet is { Reachable: false, Problem: not null });
            await Task.Delay(Away);
            network.Database.Signal("CONT");
            await AllAsync(network, fleet => fleet.Reachable);

            network.CutStore(isCut: true);
            await AllAsync(network, fleet => !fleet.Reachable);
            await Task.Delay(Away);
            network.CutStore(isCut: false);
            await AllAsync(network, fleet => fleet.Reachable && fleet.Nodes.All(node => node.State == NodeState.Alive));
        }
        output.WriteLine($"{traffic.Opened} connections");
        Assert.Empty(traffic.Faults);
        Assert.InRange(traffic.Opened, 100, int.MaxValue);
        // The same servers as before, by the same epochs.
        for (int n = 0; n < FleetNetwork.Nodes; n++) Assert.Equal(1, (await network.Control(n).GetStatusAsync()).Fleet!.Epoch);
    }

    [FleetFact]
    public async Task The_others_go_on_when_a_node_is_killed_or_stopped_and_know_of_it_and_of_its_return()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        FleetTraffic traffic = await FleetTraffic.StartAsync(network.World, [0, 1], Flows, NewPerSecond);
        await using (traffic)
        {
            network.Proxy(2).Signal("STOP");
            await network.WaitForAsync(0, fleet => StateOf(fleet, 2) == NodeState.Silent);
            await Task.Delay(Away);
            network.Proxy(2).Signal("CONT");
            await network.WaitForAsync(0, fleet => StateOf(fleet, 2) == NodeState.Alive);
            Assert.Equal(1, (await network.Control(2).GetStatusAsync()).Fleet!.Epoch);

            network.Proxy(2).Signal("KILL");
            await network.StartNodeAsync(2, Rest);
            await network.WaitForAsync(2, fleet => fleet.Reachable);
            await network.WaitForAsync(1, fleet => fleet.Nodes.Single(node => node.Name == FleetNetwork.NameOf(2)).Epoch == 2);

            network.CutFromStore(1, isCut: true);
            await network.WaitForAsync(1, fleet => !fleet.Reachable);
            await Task.Delay(Away);
            network.CutFromStore(1, isCut: false);
            await network.WaitForAsync(1, fleet => fleet.Reachable);
        }
        Assert.Empty(traffic.Faults);
    }

    private static NodeState StateOf(FleetStatus fleet, int n) => fleet.Nodes.Single(node => node.Name == FleetNetwork.NameOf(n)).State;

    private static Task AllAsync(FleetNetwork network, Func<FleetStatus, bool> condition) =>
        Task.WhenAll(Enumerable.Range(0, FleetNetwork.Nodes).Select(n => network.WaitForAsync(n, condition)));
}
