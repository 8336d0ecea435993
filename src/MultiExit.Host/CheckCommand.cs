using MultiExit.Engine.Configuration;

namespace MultiExit.Host;

/// <summary><c>multiexit check</c></summary>
internal static class CheckCommand
{
    public static ExitCode Run(string[] args, TextWriter output, TextWriter error)
    {
        Options options = Options.Parse("check", args, ["--config"], []);
        string file = options.Single("--config") ?? throw new UsageException("check: --config FILE is needed");
        ConfigResult result = ConfigLoader.LoadFile(file);
        if (!result.IsValid)
            return ConfigSource.Report(result, error);

        GatewayConfig config = result.Config;
        output.WriteLine($"{file}: valid ({result.Dialect}), server {config.Name}");
        foreach (InboundConfig inbound in config.Inbounds)
            output.WriteLine($"  inbound {inbound.Name}: {inbound.Type} on {inbound.Listen}{(inbound.Tls is null ? "" : " with TLS")}");
        foreach (ExitConfig exit in config.Exits)
            output.WriteLine($"  exit {exit.Name}: {exit.Type}");
        foreach (GroupConfig group in config.Groups)
            output.WriteLine($"  group {group.Name}: {string.Join(", ", group.Exits)}");
        output.WriteLine($"  routes: {config.Routes.Count}, default: {config.Default}");
        return ExitCode.Ok;
    }
}
