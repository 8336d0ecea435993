using MultiExit.Soak.Downloads;

namespace MultiExit.Soak;

/// <summary>The command line; docs/developer-guide.md has it.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (Options.Read(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(Options.Usage);
            return 2;
        }
        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("soak: it reads /proc, which only Linux has");
            return 2;
        }
        using CancellationTokenSource stop = new();
        Console.CancelKeyPress += (_, key) =>
        {
            // What has begun comes to its end, so that nothing is left on the machine; a second time nobody waits for it.
            key.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        string folder = Directory.CreateTempSubdirectory("multiexit-soak-").FullName;
        Ledger ledger = new();
        try
        {
            if (options.Downloads > 0) await new DownloadRun(options.Downloads, folder, ledger).RunAsync(stop.Token);
            else await SoakAsync(options, folder, ledger, stop.Token);
        }
        catch (Exception exception)
        {
            ledger.Fail("the soak itself", stop.IsCancellationRequested ? "it was stopped" : exception.ToString());
        }
        return Report.End(ledger, options, folder);
    }

    private static async Task SoakAsync(Options options, string folder, Ledger ledger, CancellationToken stop)
    {
        Console.WriteLine($"soak of {options.Minutes} minutes with seed {options.Seed} in {folder}");
        using Course course = new(options, folder, ledger);
        try
        {
            await course.RunAsync(stop);
        }
        finally
        {
            course.Print();
        }
    }
}
