using MultiExit.Engine.Status;

namespace MultiExit.Engine.States;

/// <summary>Whether an exit has carriers to its server, and since when it has none. Kept across reloads. Thread-safe.</summary>
/// <param name="name">The exit.</param>
/// <param name="time">The clock.</param>
/// <param name="changed">Called once for each change, under the lock.</param>
internal sealed class CarrierHealth(string name, TimeProvider time, Action<string, CarrierChange>? changed)
{
    private CarrierWatch? _watch;
    private (DateTimeOffset Since, long Stamp)? _lost;
    private string? _lastError;
    private string? _told; // the failure that was said
    private bool _looked; // whether it was that of the exit in force

    /// <summary>Guards it, and what its watches know.</summary>
    public Lock Sync { get; } = new();

    /// <summary>Another exit of the name is in force; null: one without carriers, or none. An exit that is lost stays so until a carrier of
    /// its successor is open.</summary>
    public void Use(CarrierWatch? watch)
    {
        lock (Sync)
        {
            _watch = watch;
            _looked = false;
            if (watch is not null)
            {
                Look(watch);
                return;
            }
            _lost = null;
            _lastError = _told = null;
        }
    }

    /// <summary>The state at a moment.</summary>
    /// <param name="count">How many carriers there are.</param>
    public ExitCarriers GetStatus(int count)
    {
        lock (Sync) return new(count, _lost?.Since, _lastError);
    }

    /// <summary>Something has changed. Under the lock.</summary>
    public void Look(CarrierWatch watch)
    {
        if (watch != _watch) return;
        _lastError = watch.LastError ?? _lastError;
        if (watch.HasCarriers)
        {
            if (_told is not null) changed?.Invoke(name, new CarrierChange(null, Away));
            _lost = null;
            _told = null;
            _looked = false;
            return;
        }
        if (watch.Loss is null && !watch.HasFailed) return; // none was there yet
        _lost ??= (time.GetUtcNow(), time.GetTimestamp());
        if (!watch.HasFailed || _looked) return;
        _looked = true;
        // A reload says it again only where it has made a difference.
        if (_told == watch.Failure) return;
        _told = watch.Failure;
        string reason = watch.Loss is { } loss ? $"the last one ended ({loss}), and another cannot be opened: {_told}" : _told!;
        changed?.Invoke(name, new CarrierChange(reason, Away));
    }

    private TimeSpan Away => _lost is { } lost ? time.GetElapsedTime(lost.Stamp) : TimeSpan.Zero;
}
