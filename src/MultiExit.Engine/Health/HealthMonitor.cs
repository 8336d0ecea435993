using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Health;

/// <summary>Probes the exits of a configuration for as long as it is in force.</summary>
internal sealed class HealthMonitor : IAsyncDisposable
{
    // Probes at a time: a hundred dead exits with the default time-out still take no more than their interval.
    private const int MaxAtOnce = 64;

    // Exits begin at different moments within it, or within their interval where that is shorter.
    private static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MaxAtOnce);
    private readonly TimeProvider _time;
    private readonly Task _running;

    /// <summary>Begins.</summary>
    /// <param name="exits">The exits in force; their states get their checks.</param>
    /// <param name="checks">The checks by the exits' names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="jitter">From 0 to 1, asked once for each exit: when in the spread it begins.</param>
    public HealthMonitor(ExitSet exits, IReadOnlyDictionary<string, HealthConfig> checks, TimeProvider time, Func<double>? jitter = null)
    {
        _time = time;
        jitter ??= Random.Shared.NextDouble;
        exits.States.Use(checks);
        _running = Task.WhenAll(checks.Where(check => check.Value.Target is not null)
            .Select(check => RunAsync(exits.Get(check.Key), exits.States.Get(check.Key), check.Value, jitter())));
    }

    /// <summary>Ends the probes under way; their results do not count any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
        _places.Dispose();
    }

    private async Task RunAsync(IExit exit, ExitState state, HealthConfig check, double jitter)
    {
        try
        {
            TimeSpan spread = check.Interval < StartSpread ? check.Interval : StartSpread;
            await Task.Delay(spread * jitter, _time, _stop.Token).ConfigureAwait(false);
            using PeriodicTimer timer = new(check.Interval, _time);
            do
            {
                ExitProbe probe = await ProbeAsync(exit, check).ConfigureAwait(false);
                if (probe.ConnectTime is { } took) state.Measured(took);
                // An exit that is shut for want of source NAT is not down: once source NAT is set up, the exit need not prove itself again.
                if (!probe.Succeeded && state.Refusal is not null) continue;
                state.Loss.Add(probe.Succeeded);
                state.Health.Probed(check, probe);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Another configuration is in force, or the server stops.
        }
    }

    private async Task<ExitProbe> ProbeAsync(IExit exit, HealthConfig check)
    {
        await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            return await Probe.RunAsync(exit, check.Target!, check.Timeout, _time, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }
}
