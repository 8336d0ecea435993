using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Management;

namespace MultiExit.Host;

/// <summary>Acts on the signals until the server has stopped.</summary>
internal sealed class RunLoop(ManagedServer server, ConfigSource source, SignalQueue signals, SystemdNotifier notifier, TextWriter error)
{
    public async Task<ExitCode> RunAsync()
    {
        while (true)
        {
            Task<HostSignal> next = signals.NextAsync();
            if (await Task.WhenAny(next, server.Completion).ConfigureAwait(false) != next)
            {
                await server.Completion.ConfigureAwait(false);
                await error.WriteLineAsync(server.IsHandedOver
                    ? "multiexit: another process has taken over, and all sessions of this one have ended" : "multiexit: stopped over the control socket")
                    .ConfigureAwait(false);
                return ExitCode.Ok;
            }

            HostSignal signal = await next.ConfigureAwait(false);
            // The process that has taken over gets its own.
            if (signal == HostSignal.HangUp && server.IsHandedOver) continue;
            if (signal == HostSignal.HangUp && source.CanReload)
                await ReloadAsync().ConfigureAwait(false);
            else
                return await StopAsync().ConfigureAwait(false);
        }
    }

    private async Task ReloadAsync()
    {
        notifier.Reloading();
        try
        {
            ConfigResult result = await server.ReloadFileAsync(ConfigChange.HangUp).ConfigureAwait(false);
            if (result.IsValid)
            {
                notifier.Ready(StartLine.Format(server.Gateway));
                return;
            }

            ConfigSource.Report(result, error);
        }
        catch (Exception exception)
        {
            await error.WriteLineAsync($"multiexit: {exception.Message}").ConfigureAwait(false);
        }

        await error.WriteLineAsync("multiexit: not reloaded; the running configuration stays").ConfigureAwait(false);
        notifier.Ready("not reloaded: the configuration has faults, the earlier one stays");
    }

    private async Task<ExitCode> StopAsync()
    {
        notifier.Stopping();
        using var atOnce = new CancellationTokenSource();
        Task stop = server.StopAsync(cancellationToken: atOnce.Token);
        if (await Task.WhenAny(stop, SecondStopAsync()).ConfigureAwait(false) != stop)
        {
            LastResort.Arm();
            await atOnce.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            await stop.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (atOnce.IsCancellationRequested)
        {
            // The second signal asked for it.
        }

        return ExitCode.Ok;
    }

    private async Task SecondStopAsync()
    {
        // A reload while draining is too late to matter.
        while (await signals.NextAsync().ConfigureAwait(false) == HostSignal.HangUp && source.CanReload)
        {
        }
    }
}
