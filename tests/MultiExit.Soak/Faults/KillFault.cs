namespace MultiExit.Soak.Faults;

/// <summary>The frail server is killed, and started again after a while.</summary>
internal sealed class KillFault(Site site) : Fault(site)
{
    public override string Name => "server killed";

    public override async Task RunAsync(Random random)
    {
        Site.Stage.Frail.GoDown();
        try
        {
            await Site.Fleet.Frail.KillAsync();
            await PauseAsync(random, 0, 3000);
            await Site.Fleet.Frail.StartAsync();
        }
        finally
        {
            Site.Stage.Frail.ComeUp();
        }
    }
}
