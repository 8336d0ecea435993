using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Control;
using MultiExit.Engine.Explaining;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Server;

namespace MultiExit.Host;

/// <summary><c>multiexit route</c></summary>
internal static class RouteCommand
{
    private const string Command = "route explain";

    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is not ["explain", .. string[] rest])
            throw new UsageException(args.Length == 0 ? "route: expected explain" : $"route: unknown command {CommandLine.Shown(args[0])}; expected explain");
        Options options = Options.Parse(Command, rest, ["--config", "--socket", "--destination", "--inbound", "--user", "--client", "--local",
            "--network", "--resolve"], []);
        if ((options.Has("--config") ? 1 : 0) + (options.Has("--socket") ? 1 : 0) != 1)
            throw new UsageException($"{Command}: --config FILE or --socket PATH is needed");
        RouteQuery query = Read(options);
        if (options.Single("--socket") is { } socket)
        {
            ControlClient server = new(socket);
            IEnumerable<string> inbounds = (await server.GetStatusAsync().ConfigureAwait(false)).Listeners.Select(listener => listener.Inbound);
            return await ExplainAsync(query, inbounds, inbound => server.ExplainRouteAsync(inbound), output).ConfigureAwait(false);
        }
        ConfigResult result = ConfigLoader.LoadFile(options.Single("--config")!);
        if (!result.IsValid) return ConfigSource.Report(result, error);
        return await ExplainAsync(query, result.Config.Inbounds.Select(inbound => inbound.Name),
            inbound => ConfigRoutes.ExplainAsync(result.Config, inbound), output)
            .ConfigureAwait(false);
    }

    private static async Task<ExitCode> ExplainAsync(
        RouteQuery query, IEnumerable<string> inbounds, Func<RouteQuery, Task<RouteExplanation>> explain, TextWriter output)
    {
        foreach (string inbound in query.Inbound is { } one ? [one] : inbounds)
        {
            foreach (string line in (await explain(query with { Inbound = inbound }).ConfigureAwait(false)).Explanation)
                await output.WriteLineAsync(line).ConfigureAwait(false);
        }
        return ExitCode.Ok;
    }

    private static RouteQuery Read(Options options)
    {
        string destination = options.Single("--destination") ?? throw new UsageException($"{Command}: --destination HOST:PORT is needed");
        if (!Destination.TryParse(destination, -1, out Destination? target))
            throw new UsageException($"{Command}: '{ShownUrl.IfUrl(destination)}' is no destination; expected host:port, 192.0.2.1:443 or [2001:db8::1]:443");
        return new RouteQuery
        {
            Destination = target, Inbound = options.Single("--inbound"), User = options.Single("--user"), Client = Address(options, "--client"),
            Local = Address(options, "--local"),
            Udp = OneOf(options, "--network", "tcp", "udp"), ResolveNames = OneOf(options, "--resolve", "false", "true"),
        };
    }

    private static IPAddress? Address(Options options, string name)
    {
        if (options.Single(name) is not { } text) return null;
        return IPAddress.TryParse(text, out IPAddress? address) ? address : throw new UsageException($"{Command}: '{ShownUrl.IfUrl(text)}' is no address");
    }

    // Whether the option has the second of two values; the first is the default.
    private static bool OneOf(Options options, string name, string first, string second)
    {
        string value = options.Single(name) ?? first;
        return value == second || (value == first ? false : throw new UsageException($"{Command}: {name} is '{value}'; expected {first} or {second}"));
    }
}
