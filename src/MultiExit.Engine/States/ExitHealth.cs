using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.States;

/// <summary>Whether an exit is up, by the results of its probes and dials. Kept across reloads: an exit that is down stays down until proven
/// otherwise. Thread-safe.</summary>
/// <param name="name">The exit.</param>
/// <param name="time">The clock.</param>
/// <param name="changed">Called once for each change, under the lock.</param>
internal sealed class ExitHealth(string name, TimeProvider time, Action<string, ExitHealthStatus>? changed)
{
    // eject_for doubles four times at most.
    private const int MaxDoublings = 4;

    private readonly Lock _lock = new();
    private volatile HealthConfig? _settings;
    private volatile bool _down;
    private volatile bool _proven; // up by a probe, or by a dial where no probes are made
    private long _trialAt = long.MaxValue; // timestamp from which dials may come again; MaxValue while probes decide
    private int _badProbes;
    private int _goodProbes;
    private int _badDials;
    private int _ejections;
    private string? _reason;
    private DateTimeOffset? _since;
    private ExitProbe? _lastProbe;

    /// <summary>The settings in force; null when the exit is not checked.</summary>
    public HealthConfig? Settings => _settings;

    /// <summary>Whether new connections should go to it.</summary>
    public bool IsUp => !_down || time.GetTimestamp() >= Volatile.Read(ref _trialAt);

    public ExitHealthStatus Status
    {
        get
        {
            lock (_lock)
            {
                if (_settings is not { } settings) return new(ExitHealthState.NoCheck, null, null, null);
                if (!IsUp) return new(ExitHealthState.Down, _reason, _since, _lastProbe);
                if (_down) return new(ExitHealthState.Unknown, $"on trial; before: {_reason}", _since, _lastProbe);
                return _proven
                    ? new(ExitHealthState.Up, _reason, _since, _lastProbe)
                    : new(ExitHealthState.Unknown, WhyUnknown(settings), _since, _lastProbe);
            }
        }
    }

    /// <summary>Puts other settings in force; null ends the check and drops its result.</summary>
    public void Use(HealthConfig? settings)
    {
        lock (_lock)
        {
            if (_settings == settings) return;
            // A probe of another target proves something else.
            _proven = _proven && _settings?.Target == settings?.Target;
            _settings = settings;
            _badProbes = _goodProbes = _badDials = 0;
            if (settings is null)
            {
                _down = _proven = false;
                _ejections = 0;
                _reason = null;
                _since = null;
                _lastProbe = null;
            }
            else if (_down)
            {
                WaitForProof(settings);
            }
        }
    }

    /// <summary>A probe is over.</summary>
    /// <param name="settings">The settings that it was made with; others in force now make it void.</param>
    /// <param name="probe">The result of the probe.</param>
    public void Probed(HealthConfig settings, ExitProbe probe)
    {
        lock (_lock)
        {
            if (_settings != settings) return;
            // The text may hold a server's answer, and tables show it.
            if (probe.Error is { } error) probe = probe with { Error = LogText.Clean(error) };
            _lastProbe = probe;
            if (probe.Succeeded)
            {
                _badProbes = 0;
                _proven = true;
                if (_down && ++_goodProbes >= settings.Rise) Change(down: false, $"{Count(settings.Rise, "good probe")} of {probe.Target}");
            }
            else
            {
                _goodProbes = 0;
                if (!_down && ++_badProbes >= settings.Fall) Change(down: true, $"{Count(settings.Fall, "failed probe")} of {probe.Target}: {probe.Error}");
            }
        }
    }

    /// <summary>A dial failed by the exit's fault.</summary>
    public void DialFailed(string? detail)
    {
        if (_settings is not { EjectAfter: > 0 }) return;
        lock (_lock)
        {
            if (_settings is not { EjectAfter: > 0 } settings || !IsUp) return;
            if (_down)
            {
                _reason = $"failed on trial: {detail}";
                WaitForProof(settings);
            }
            else if (++_badDials >= settings.EjectAfter)
            {
                Change(down: true, $"{Count(settings.EjectAfter, "failed dial")}: {detail}");
                WaitForProof(settings);
            }
        }
    }

    /// <summary>A dial reached its target.</summary>
    public void DialSucceeded()
    {
        if (Volatile.Read(ref _badDials) == 0 && !_down && (_proven || _settings is not { Target: null })) return;
        lock (_lock)
        {
            _badDials = 0;
            if (_settings is { Target: null }) _proven = true;
            // With probes, a dial that was tried all the same proves less than they do.
            if (_down && _settings is { Target: null }) Change(down: false, "a dial succeeded");
        }
    }

    private void Change(bool down, string reason)
    {
        _badProbes = _goodProbes = _badDials = 0;
        _reason = reason;
        _since = time.GetUtcNow();
        Volatile.Write(ref _trialAt, long.MaxValue);
        _down = down;
        if (!down) _ejections = 0;
        changed?.Invoke(name, Status);
    }

    private string WhyUnknown(HealthConfig settings) => settings.Target is null ? "no dial has reached its target yet"
        : _lastProbe is { Error: { } error } ? $"no probe has succeeded yet: {error}" : "not probed yet";

    private void WaitForProof(HealthConfig settings)
    {
        long wait = (long)(settings.EjectFor.TotalSeconds * time.TimestampFrequency) << Math.Min(_ejections, MaxDoublings);
        Volatile.Write(ref _trialAt, settings.Target is null ? time.GetTimestamp() + wait : long.MaxValue);
        _ejections++;
    }

    private static string Count(int count, string what) => count == 1 ? $"a {what}" : $"{count} {what}s in a row";
}
