namespace MultiExit.Benchmarks.Allocations;

/// <summary>Prints what a session of each scenario allocates; for one scenario alone, also for which types.</summary>
internal static class AllocationRun
{
    private const int WarmUp = 600;
    private const int Sessions = 150;
    private const int Rounds = 4;

    /// <summary>The least of some rounds, since others of the process allocate now and then.</summary>
    public static async Task<long> MeasureAsync(Scenario scenario)
    {
        await using SessionSite site = await SessionSite.StartAsync(scenario);
        int part = scenario.Bytes > 1 ? 10 : 1;
        site.Measure(WarmUp / part);
        return Enumerable.Range(0, Rounds).Min(_ => site.Measure(Sessions / part));
    }

    public static async Task RunAsync(string? name)
    {
        foreach (Scenario scenario in Scenarios.All.Where(each => name is null || each.Name == name))
            Console.WriteLine($"{scenario.Name}: {await MeasureAsync(scenario)}");
        if (name is not null) await ShowTypesAsync(Scenarios.All.Single(each => each.Name == name));
    }

    private static async Task ShowTypesAsync(Scenario scenario)
    {
        await using SessionSite site = await SessionSite.StartAsync(scenario);
        site.Measure(WarmUp);
        using AllocatedTypes types = new();
        long each = site.Measure(20 * Sessions);
        foreach ((string type, double share) in types.Shares.Take(60)) Console.WriteLine($"{share * each,8:F0} {type}");
    }
}
