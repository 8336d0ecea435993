using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Faults;

/// <summary>Connections to the frail server break in the middle.</summary>
internal sealed class CutFault(Site site) : Fault(site)
{
    public override string Name => "connections cut";

    public override async Task RunAsync(Random random)
    {
        for (int cuts = random.Next(1, 5); cuts > 0; cuts--)
        {
            Site.Stage.Frail.Touch();
            Wire wire = Site.Fleet.Wires[random.Next(Site.Fleet.Wires.Count)];
            wire.Cut();
            await PauseAsync(random, 0, 500);
        }
        Site.Stage.Frail.Touch();
    }
}
