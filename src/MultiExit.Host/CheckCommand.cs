using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Preflight;
using MultiExit.Engine.Server;
using MultiExit.Engine.Status;

namespace MultiExit.Host;

/// <summary><c>multiexit check</c></summary>
internal static class CheckCommand
{
    private const string TextOnly = "--text-only";
    private const string Preflight = "--preflight";

    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        Options options = Options.Parse("check", args, ["--config", "--socket"], [], TextOnly, Preflight);
        if (options.Single("--socket") is { } socket)
        {
            return options.Has("--config") || options.Has(TextOnly) || options.Has(Preflight) ? throw new UsageException("check: --socket goes alone")
                : await AskAsync(socket, output, error).ConfigureAwait(false);
        }
        string file = options.Single("--config") ?? throw new UsageException("check: --config FILE is needed, or --socket PATH");
        if (options.Has(TextOnly) && options.Has(Preflight)) throw new UsageException("check: --preflight looks at this machine, and --text-only does not");
        ConfigResult result = options.Has(TextOnly) ? ConfigLoader.CheckText(file) : ConfigLoader.LoadFile(file);
        ConfigCheck check = options.Has(TextOnly)
            ? new ConfigCheck(result.Errors, [])
            : await ConfigCheck.OnThisMachineAsync(result, file).ConfigureAwait(false);
        foreach (ServerWarning warning in check.Warnings)
            await error.WriteLineAsync($"{file}: warning {warning}").ConfigureAwait(false);
        foreach (ConfigError fault in check.Errors)
            await error.WriteLineAsync($"{fault} [{(fault.Kind == ConfigErrorKind.Machine ? "machine" : "text")}]").ConfigureAwait(false);
        if (check.Errors.Count > 0) return ExitCode.InvalidConfiguration;

        Summarize(file, result.Dialect, result.Config!, output);
        return options.Has(Preflight) ? await CheckHostAsync(result.Config!, output).ConfigureAwait(false) : ExitCode.Ok;
    }

    private static async Task<ExitCode> CheckHostAsync(GatewayConfig config, TextWriter output)
    {
        IReadOnlyList<PreflightResult> results = await ServerPreflight.RunAsync(config).ConfigureAwait(false);
        foreach (PreflightResult result in results)
        {
            await output.WriteLineAsync($"  {result}").ConfigureAwait(false);
            if (result.RecommendedAction is { } action) await output.WriteLineAsync($"    {action}").ConfigureAwait(false);
        }
        return results.Any(result => result.Status == PreflightStatus.Error) ? ExitCode.InvalidConfiguration : ExitCode.Ok;
    }

    // What watches a service asks this: whether it lives, and takes connections.
    private static async Task<ExitCode> AskAsync(string socket, TextWriter output, TextWriter error)
    {
        ServerStatus status = await new ControlClient(socket).GetStatusAsync().ConfigureAwait(false);
        if (status.State != ServerState.Running)
        {
            string state = status.State == ServerState.Draining ? "draining" : "stopped";
            await error.WriteLineAsync($"multiexit: server {status.Name} takes no connections: it is {state}").ConfigureAwait(false);
            return ExitCode.Unexpected;
        }
        await output.WriteLineAsync($"server {status.Name}: running, {CountText.Of(status.Sessions, "session")}").ConfigureAwait(false);
        foreach (ListenerStatus listener in status.Listeners)
            await output.WriteLineAsync($"  inbound {listener.Inbound}: {listener.Type} on {listener.EndPoint}").ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static void Summarize(string file, string dialect, GatewayConfig config, TextWriter output)
    {
        output.WriteLine($"{file}: valid ({dialect}), server {config.Name}");
        foreach (InboundConfig inbound in config.Inbounds)
            output.WriteLine($"  inbound {inbound.Name}: {inbound.Type} on {inbound.Listen}{(inbound.Tls is null ? "" : " with TLS")}");
        foreach (ExitConfig exit in config.Exits)
            output.WriteLine($"  exit {exit.Name}: {exit.Type}");
        foreach (GroupConfig group in config.Groups)
            output.WriteLine($"  group {group.Name}: {string.Join(", ", group.Exits)}");
        output.WriteLine($"  routes: {config.Routes.Count}, default: {config.Default}");
    }
}
