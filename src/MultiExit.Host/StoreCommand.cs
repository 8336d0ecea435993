using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Fleet;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary><c>multiexit store</c></summary>
internal static class StoreCommand
{
    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is not ["init" or "check", .. string[] rest])
        {
            throw new UsageException(args.Length == 0
                ? "store: expected init or check" : $"store: unknown command {CommandLine.Shown(args[0])}; expected init or check");
        }
        string command = $"store {args[0]}";
        Options options = Options.Parse(command, rest, ["--config"], []);
        string file = options.Single("--config") ?? throw new UsageException($"{command}: --config FILE is needed");
        ConfigResult result = ConfigLoader.LoadFile(file);
        if (!result.IsValid) return ConfigSource.Report(result, error);
        if (result.Config.Fleet is not { } fleet) throw new UsageException($"{command}: the configuration has no fleet");
        await output.WriteLineAsync(args[0] == "init" ? await InitializeAsync(fleet).ConfigureAwait(false) : await CheckAsync(fleet).ConfigureAwait(false))
            .ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static async Task<string> CheckAsync(FleetConfig fleet)
    {
        StoreStatus status = await FleetTables.CheckAsync(fleet).ConfigureAwait(false);
        return $"{status.Store}: the tables have version {status.Version}, which this program needs";
    }

    private static async Task<string> InitializeAsync(FleetConfig fleet)
    {
        StoreStatus before = await FleetTables.InitializeAsync(fleet).ConfigureAwait(false);
        if (before.Version == before.Needed) return $"{before.Store}: the tables have version {before.Version} already";
        string earlier = before.Version == 0 ? "there were none" : $"they had {before.Version}";
        return $"{before.Store}: the tables have version {before.Needed} now; before, {earlier}";
    }
}
