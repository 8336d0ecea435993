using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Faults;

/// <summary>The way to the frail server carries nothing for some seconds, fewer than any time-out has: nothing may come of it.</summary>
internal sealed class StallFault(Site site) : Fault(site)
{
    public override string Name => "connections stalled";

    public override async Task RunAsync(Random random)
    {
        Wire wire = Site.Fleet.Wires[random.Next(Site.Fleet.Wires.Count)];
        wire.Stall();
        await PauseAsync(random, 500, 4000);
        wire.Resume();
    }
}
