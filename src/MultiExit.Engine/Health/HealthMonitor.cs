using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Exits;

namespace MultiExit.Engine.Health;

/// <summary>Probes the exits of a configuration for as long as it is in force.</summary>
internal sealed class HealthMonitor : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ProbeLoop _loop;
    private readonly Task _running;

    /// <summary>Begins.</summary>
    /// <param name="exits">The exits in force; their states get their checks.</param>
    /// <param name="checks">The checks by the exits' names.</param>
    /// <param name="time">The clock.</param>
    /// <param name="jitter">From 0 to 1, asked once for each exit: when in the spread it begins.</param>
    public HealthMonitor(ExitSet exits, IReadOnlyDictionary<string, HealthConfig> checks, TimeProvider time, Func<double>? jitter = null)
    {
        _loop = new ProbeLoop(time, jitter);
        exits.States.Use(checks);
        _running = Task.WhenAll(checks.Where(check => check.Value.Target is not null)
            .Select(check => _loop.RunAsync(exits.Get(check.Key), exits.States.Own(check.Key), check.Value, _stop.Token)));
    }

    /// <summary>Ends the probes under way; their results do not count any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
        _loop.Dispose();
    }
}
