using MultiExit.Soak.Servers;

namespace MultiExit.Soak.Faults;

/// <summary>The disk with the near server's log, history, quotas and state is full for a while. A reload works all the same, and when
/// there is room again everything is written.</summary>
internal sealed class FullDiskFault(Site site) : Fault(site)
{
    private static readonly string[] Ids = ["MX1020", "MX1033", "MX1050", "MX2013"];

    public override string Name => "disk full";

    public override string? Obstacle => Site.Fleet.Disk.Obstacle;

    public override async Task RunAsync(Random random)
    {
        Site.Fleet.Disk.Fill();
        try
        {
            await PauseAsync(random, 500, 2000);
            await Site.ReloadAsync(Site.NextText());
            await PauseAsync(random, 500, 6000);
        }
        finally
        {
            Site.Fleet.Disk.Empty();
        }
    }

    /// <summary>Whether something is still missing on the disk.</summary>
    public static async Task<bool> IsFeltAsync(Server server) => (await server.Control.GetAsync("server"))
        .GetProperty("warnings").EnumerateArray().Any(warning => Ids.Contains(warning.GetProperty("id").GetString()));
}
