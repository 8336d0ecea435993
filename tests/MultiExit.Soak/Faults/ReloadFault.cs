namespace MultiExit.Soak.Faults;

/// <summary>The near server's file changes, and SIGHUP puts it in force.</summary>
internal sealed class ReloadFault(Site site) : Fault(site)
{
    public override string Name => "reload";

    public override Task RunAsync(Random random) => Site.ReloadAsync(Site.NextText());
}
