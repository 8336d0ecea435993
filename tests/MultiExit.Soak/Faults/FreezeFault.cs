using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Faults;

/// <summary>A server gets no time for some seconds, fewer than any time-out has: its timers find that they are late, and nothing may
/// come of it.</summary>
internal sealed class FreezeFault(Site site) : Fault(site)
{
    public override string Name => "server frozen";

    public override async Task RunAsync(Random random)
    {
        Server server = Site.Fleet.All.ElementAt(random.Next(Site.Fleet.All.Count()));
        await server.SignalAsync("STOP");
        try
        {
            await PauseAsync(random, 500, 3000);
        }
        finally
        {
            await server.SignalAsync("CONT");
        }
    }
}
