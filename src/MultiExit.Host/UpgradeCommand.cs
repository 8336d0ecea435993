using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary><c>multiexit upgrade</c></summary>
internal static class UpgradeCommand
{
    private const string Command = "upgrade";

    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        Options options = Options.Parse(Command, args, ["--config", "--socket"], []);
        if ((options.Has("--config") ? 1 : 0) + (options.Has("--socket") ? 1 : 0) != 1)
            throw new UsageException($"{Command}: --config FILE or --socket PATH is needed");
        string? socket = options.Single("--socket");
        if (socket is null)
        {
            ConfigResult result = ConfigLoader.LoadFile(options.Single("--config")!);
            if (!result.IsValid) return ConfigSource.Report(result, error);
            socket = result.Config.ControlSocket ?? throw new UsageException($"{Command}: the configuration has no control");
        }
        ServerStatus status = await new ControlClient(socket).UpgradeAsync().ConfigureAwait(false);
        await output.WriteLineAsync($"server {status.Name} runs in a new process since {status.Started:yyyy-MM-dd HH:mm:ss} UTC").ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
