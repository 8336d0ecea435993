using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Replays;

/// <summary>While it lasts, no carrier asks the store: only the background does, and ends it once the store has answered well for a while.
/// Thread-safe.</summary>
/// <param name="log">The log, which hears of its begin and of its end.</param>
internal sealed class ReplayOutage(EngineLog log)
{
    // A store of which every second request fails is none to wait for: each run has several requests.
    private const int Needed = 3;

    private readonly Lock _lock = new();
    private volatile string? _problem;
    private int _answered;

    /// <summary>Whether it lasts.</summary>
    public bool IsOn => _problem is not null;

    /// <summary>What operators have to know now.</summary>
    public IEnumerable<ServerWarning> Warnings => _problem is { } problem ? [Diagnostics.Warnings.FleetReplaysLocal(problem)] : [];

    /// <summary>A carrier had no answer.</summary>
    /// <returns>Whether it begins with that.</returns>
    public bool Begin(string problem)
    {
        lock (_lock)
        {
            _answered = 0;
            if (_problem is not null) return false;
            _problem = problem;
        }
        log.Warn(Diagnostics.Warnings.FleetReplaysLocal(problem));
        return true;
    }

    /// <summary>How a run in the background has ended.</summary>
    public void Ran(bool succeeded)
    {
        lock (_lock)
        {
            _answered = succeeded ? _answered + 1 : 0;
            if (_problem is null || _answered < Needed) return;
            _problem = null;
        }
        log.FleetReplaysShared();
    }
}
