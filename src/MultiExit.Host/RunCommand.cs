using MultiExit.Engine;
using MultiExit.Engine.Configuration;

namespace MultiExit.Host;

/// <summary><c>multiexit run</c></summary>
internal static class RunCommand
{
    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        ConfigSource source = ConfigSource.From(Options.Parse(
            "run", args, ["--config", "--forward", .. SeedDLetters.Single], ["--listen", .. SeedDLetters.Many], SeedDLetters.Flags));
        ConfigResult result = source.Load();
        if (!result.IsValid)
            return ConfigSource.Report(result, error);

        // Before the start, so that a stop that comes meanwhile is not lost.
        using var signals = new SignalQueue();
        using var notifier = SystemdNotifier.FromEnvironment();
        GatewayServer server = await GatewayServer.StartAsync(result.Config, new GatewayOptions { LogToConsole = true }).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            string line = StartLine.Format(server.GetStatus(), result.Config);
            await output.WriteLineAsync(line).ConfigureAwait(false);
            notifier.Ready(line);
            return await new RunLoop(server, source, signals, notifier, error).RunAsync().ConfigureAwait(false);
        }
    }
}
