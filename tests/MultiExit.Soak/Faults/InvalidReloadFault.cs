namespace MultiExit.Soak.Faults;

/// <summary>A file with a fault changes nothing, and a good one afterwards is taken.</summary>
internal sealed class InvalidReloadFault(Site site) : Fault(site)
{
    private static readonly string[] Mistakes = ["\nno_such_key: 1\n", "\n\t: [", "\nroutes: []\n", "\ndns: { doh: nowhere }\n"];

    public override string Name => "reload of a faulty file";

    public override async Task RunAsync(Random random)
    {
        string before = await Site.Sha256Async(Site.Near);
        string text = Site.NextText();
        await File.WriteAllTextAsync(Site.Near.ConfigFile, text + Mistakes[random.Next(Mistakes.Length)]);
        await Site.Near.SignalAsync("HUP");
        await Site.WaitUntilAsync("the fault is not told", async () =>
            (await Site.Near.Control.GetAsync("server")).GetProperty("last_reload_error").GetString() is not null);
        if (await Site.Sha256Async(Site.Near) != before) throw new InvalidOperationException("a faulty file is in force");
        await Site.ReloadAsync(text);
    }
}
