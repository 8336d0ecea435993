namespace MultiExit.Soak.Faults;

/// <summary>The far server is reloaded: carriers go away, and the sessions on them live.</summary>
internal sealed class FarReloadFault(Site site) : Fault(site)
{
    private int _variant;

    public override string Name => "reload of the far server";

    public override Task RunAsync(Random random) => Site.ReloadFarAsync(Site.Fleet.FarText.Text(++_variant));
}
