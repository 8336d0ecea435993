namespace MultiExit.Soak.Faults;

/// <summary>Faults one after the other: all of them in an order that random numbers choose, then all of them again in another.</summary>
internal sealed class Turns(Site site, Ledger ledger, int seed)
{
    private readonly Fault[] _faults =
    [
        new CutFault(site), new StallFault(site), new KillFault(site), new FreezeFault(site), new BurstFault(site), new FullDiskFault(site),
        new ReloadFault(site), new InvalidReloadFault(site), new PutFault(site), new PatchFault(site), new RestoreFault(site),
        new ConfirmFault(site), new FarReloadFault(site), new DisableFault(site), new StopSessionFault(site),
    ];

    /// <summary>What cannot be done here, each with its reason.</summary>
    public IEnumerable<string> LeftOut => _faults.Where(fault => fault.Obstacle is not null)
        .Select(fault => $"{fault.Name}: {fault.Obstacle}");

    public async Task RunAsync(CancellationToken until)
    {
        Random random = new(seed);
        Fault[] possible = [.. _faults.Where(fault => fault.Obstacle is null)];
        while (true)
        {
            random.Shuffle(possible);
            foreach (Fault fault in possible)
            {
                await Task.Delay(random.Next(500, 2500), CancellationToken.None);
                if (until.IsCancellationRequested) return;
                await RunAsync(fault, random);
            }
        }
    }

    /// <summary>Brings the configurations back that were in force before all faults, and waits until the disk has everything.</summary>
    public async Task HealAsync()
    {
        await site.ReloadAsync(site.Fleet.NearText.Text());
        await site.ReloadFarAsync(site.Fleet.FarText.Text());
        await Site.WaitUntilAsync("something is not written yet, though the disk has room", async () =>
            !await FullDiskFault.IsFeltAsync(site.Near));
    }

    private async Task RunAsync(Fault fault, Random random)
    {
        ledger.Fault(fault.Name);
        try
        {
            await fault.RunAsync(random);
        }
        catch (Exception exception)
        {
            ledger.Fail("fault: " + fault.Name, $"{exception.GetType().Name}: {exception.Message}");
        }
    }
}
