using MultiExit.Engine.Configuration;
using MultiExit.Engine.Provisioning;

namespace MultiExit.Host;

/// <summary><c>multiexit snat</c> and <c>multiexit redirect</c></summary>
internal static class ProvisioningCommand
{
    private const string Verbs = "plan, apply, verify or remove";

    public static Task<ExitCode> SnatAsync(string[] args, TextWriter output, TextWriter error) =>
        RunAsync("snat", static config => new SnatManager(config), args, output, error);

    public static Task<ExitCode> RedirectAsync(string[] args, TextWriter output, TextWriter error) =>
        RunAsync("redirect", static config => new RedirectManager(config), args, output, error);

    private static async Task<ExitCode> RunAsync(
        string command, Func<GatewayConfig, Provisioner> create, string[] args, TextWriter output, TextWriter error)
    {
        string verb = args.FirstOrDefault() ?? throw new UsageException($"{command}: expected {Verbs}");
        if (verb is not ("plan" or "apply" or "verify" or "remove"))
            throw new UsageException($"{command}: unknown command {CommandLine.Shown(verb)}; expected {Verbs}");
        Options options = Options.Parse($"{command} {verb}", args.AsSpan(1), ["--config"], []);
        string file = options.Single("--config") ?? throw new UsageException($"{command} {verb}: --config FILE is needed");
        ConfigResult result = ConfigLoader.LoadFile(file);
        if (!result.IsValid) return ConfigSource.Report(result, error);

        Provisioner manager = create(result.Config);
        switch (verb)
        {
            case "plan":
                Write(manager.Plan(), output);
                return ExitCode.Ok;
            case "verify":
                IReadOnlyList<SetupDifference> differences = await manager.VerifyAsync().ConfigureAwait(false);
                Write(differences.Count == 0 ? ["everything is in place"] : differences.Select(difference => difference.Message), output);
                return differences.Count == 0 ? ExitCode.Ok : ExitCode.Network;
            default:
                IReadOnlyList<string> steps = await (verb == "apply" ? manager.ApplyAsync() : manager.RemoveAsync()).ConfigureAwait(false);
                Write(steps.Count == 0 ? ["nothing to do"] : steps, output);
                return ExitCode.Ok;
        }
    }

    private static void Write(IEnumerable<string> lines, TextWriter output)
    {
        foreach (string line in lines) output.WriteLine(line);
    }
}
