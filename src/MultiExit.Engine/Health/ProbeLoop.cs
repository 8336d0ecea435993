using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.States;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Health;

/// <summary>Probes exits again and again, some at a time.</summary>
/// <param name="time">The clock.</param>
/// <param name="jitter">From 0 to 1, asked once for each exit: when in the spread it begins; null: at random.</param>
internal sealed class ProbeLoop(TimeProvider time, Func<double>? jitter = null) : IDisposable
{
    // Probes at a time: a hundred dead exits with the default time-out still take no more than their interval.
    private const int MaxAtOnce = 64;

    // Exits begin at different moments within it, or within their interval where that is shorter.
    private static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(3);

    private readonly Func<double> _jitter = jitter ?? Random.Shared.NextDouble;
    private readonly SemaphoreSlim _places = new(MaxAtOnce);

    /// <summary>Probes an exit.</summary>
    /// <param name="exit">The exit.</param>
    /// <param name="state">Its state.</param>
    /// <param name="check">How; it has a target.</param>
    /// <param name="stop">Ends it; the result of a probe under way does not count any more.</param>
    public async Task RunAsync(IExit exit, ExitState state, HealthConfig check, CancellationToken stop)
    {
        try
        {
            TimeSpan spread = check.Interval < StartSpread ? check.Interval : StartSpread;
            await Task.Delay(spread * _jitter(), time, stop).ConfigureAwait(false);
            using PeriodicTimer timer = new(check.Interval, time);
            do
            {
                ExitProbe probe = await ProbeAsync(exit, check, stop).ConfigureAwait(false);
                if (probe.ConnectTime is { } took) state.Measured(took);
                // An exit that is shut for want of source NAT is not down: once source NAT is set up, the exit need not prove itself again.
                if (!probe.Succeeded && state.Refusal is not null) continue;
                state.Loss.Add(probe.Succeeded);
                state.Health.Probed(check, probe);
            }
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Another configuration is in force, the exit has gone, or the server stops.
        }
    }

    public void Dispose() => _places.Dispose();

    private async Task<ExitProbe> ProbeAsync(IExit exit, HealthConfig check, CancellationToken stop)
    {
        await _places.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            return await Probe.RunAsync(exit, check.Target!, check.Timeout, time, stop).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }
}
