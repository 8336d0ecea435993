using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Status;

namespace MultiExit.Host.Tests.EndToEnd.Fleet;

/// <summary>A version of the fleet's configuration that does no good goes back on all nodes by itself.</summary>
public sealed class FleetRolloutTests
{
    private const string Rest = "exits: [{ name: out, type: direct }]\ndefault: out\n";

    // Nothing is there.
    private const string Bad = "exits: [{ name: lost, type: socks5, server: \"10.76.0.250:1080\", timeout: 1s }]\ndefault: lost\n";

    private const string Good = "exits: [{ name: other, type: direct }]\ndefault: other\n";

    // Enough for the version to come to all nodes, also on a busy machine.
    private static readonly TimeSpan Unconfirmed = TimeSpan.FromSeconds(20);

    [FleetFact]
    public async Task A_version_through_which_nothing_is_reached_never_gets_past_its_canary()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        await using EchoWorld target = new(network.World);
        await network.Control(1).PublishConfigAsync(Of(Bad), new RolloutRequest
        {
            Canary = 1, Hold = TimeSpan.FromSeconds(5), Probe = Destination.FromAddress(IPAddress.Parse(FleetNetwork.WorldAddress), target.Port),
        });
        await UntilAsync(network, 2, rollout => rollout.State == RolloutState.RolledBack);
        await AllAsync(network, async n => await HasAsync(network, n, "out"));
        RolloutStatus rollout = (await network.Control(0).GetRolloutAsync())!;
        Assert.Contains(FleetNetwork.NameOf(0), Assert.Single(rollout.Canaries), StringComparison.Ordinal);
        Assert.NotNull(rollout.Reason);
    }

    [FleetFact]
    public async Task All_nodes_go_back_when_the_store_dies_before_the_confirmation_and_know_it_when_it_is_back()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        await network.Control(0).PublishConfigAsync(Of(Good), new RolloutRequest { Hold = TimeSpan.FromSeconds(1), ConfirmWithin = Unconfirmed });
        await AllAsync(network, async n => await HasAsync(network, n, "other"));
        network.Database.Kill();
        await AllAsync(network, async n => await HasAsync(network, n, "out"));
        await network.Database.StartAsync();
        await network.WaitForAsync(1, fleet => fleet.Reachable);
        await UntilAsync(network, 1, rollout => rollout.State == RolloutState.RolledBack);
        await AllAsync(network, async n => await HasAsync(network, n, "out"));
    }

    [FleetFact]
    public async Task All_nodes_go_back_when_the_one_that_published_it_is_killed_and_a_confirmed_version_stays()
    {
        await using FleetNetwork network = await FleetNetwork.StartAsync(Rest);
        await network.Control(0).PublishConfigAsync(Of(Good), new RolloutRequest { Hold = TimeSpan.FromSeconds(1), ConfirmWithin = Unconfirmed });
        await AllAsync(network, async n => await HasAsync(network, n, "other"));
        network.Proxy(0).Signal("KILL");
        foreach (int n in (int[])[1, 2]) await FleetNetwork.UntilAsync(async () => await HasAsync(network, n, "out"));
        await UntilAsync(network, 1, rollout => rollout.State == RolloutState.RolledBack);

        await network.StartNodeAsync(0, Rest);
        await network.WaitForAsync(0, fleet => fleet.Reachable);
        await network.Control(2).PublishConfigAsync(Of(Good), new RolloutRequest { Hold = TimeSpan.FromSeconds(1), ConfirmWithin = TimeSpan.FromMinutes(5) });
        await AllAsync(network, async n => await HasAsync(network, n, "other"));
        await network.Control(1).ConfirmRolloutAsync();
        await UntilAsync(network, 0, rollout => rollout.State == RolloutState.Confirmed);
        // Also on a node that was killed, with the store away.
        network.Database.Kill();
        network.Proxy(1).Signal("KILL");
        await network.StartNodeAsync(1, Rest);
        Assert.True(await HasAsync(network, 1, "other"));
    }

    private static ConfigDocument Of(string text) => new(text, null);

    private static async Task<bool> HasAsync(FleetNetwork network, int n, string exit) =>
        (await network.Control(n).GetExitsAsync()).Any(known => known.Name == exit);

    private static Task AllAsync(FleetNetwork network, Func<int, Task<bool>> condition) =>
        Task.WhenAll(Enumerable.Range(0, FleetNetwork.Nodes).Select(n => FleetNetwork.UntilAsync(() => condition(n), () => network.Proxy(n).Log)));

    private static Task UntilAsync(FleetNetwork network, int n, Func<RolloutStatus, bool> condition) => FleetNetwork.UntilAsync(
        async () => await network.Control(n).GetRolloutAsync() is { } rollout && condition(rollout), () => network.Proxy(0).Log);
}
