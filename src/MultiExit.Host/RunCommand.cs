using System.Runtime.CompilerServices;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Management;
using MultiExit.Engine.Server;
using MultiExit.Engine.Transport;

namespace MultiExit.Host;

/// <summary><c>multiexit run</c></summary>
internal static class RunCommand
{
    /// <summary>The option that lets the server take the place of the one that runs.</summary>
    public const string Takeover = "--takeover";

    public static async Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        Options options = Options.Parse("run", args, ConfigSource.Single, ConfigSource.Many, ["--watch", Takeover, .. EchTunnelLetters.Flags]);
        ConfigSource source = ConfigSource.From(options);
        bool watch = options.Has("--watch");
        bool takesOver = options.Has(Takeover);
        if (watch && !source.CanReload) throw new UsageException("run: --watch needs --config");
        if (takesOver && !source.CanReload) throw new UsageException($"run: {Takeover} needs --config");

        ConfigResult result = source.Load();
        if (!result.IsValid) return ConfigSource.Report(result, error);

        // Before the start, so that a stop that comes meanwhile is not lost.
        using var signals = new SignalQueue();
        using var notifier = SystemdNotifier.FromEnvironment();
        using ServiceSockets? sockets = ServiceSockets.FromEnvironment();
        OtlpPush push = new(Environment.GetEnvironmentVariable);
        await using ConfiguredAsyncDisposable ended = push.ConfigureAwait(false);
        var managed = new ManagedServerOptions
        {
            Watch = watch, Gateway = new GatewayOptions { LogToConsole = true, MetricPush = push, ServiceSockets = sockets },
            StartSuccessor = source.CanReload ? Successor.Start : null, HandedOver = HandOver,
        };
        ManagedServer server = await (takesOver ? ManagedServer.TakeOverAsync(result, managed) : ManagedServer.StartAsync(result, managed))
            .ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            string line = StartLine.Format(server.Gateway);
            await output.WriteLineAsync(line).ConfigureAwait(false);
            sockets?.Begin();
            notifier.Ready(line);
            return await new RunLoop(server, source, signals, notifier, error).RunAsync().ConfigureAwait(false);
        }

        void HandOver(int process)
        {
            sockets?.Leave();
            notifier.MainProcess(process);
        }
    }
}
