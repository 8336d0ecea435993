using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.States;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Snat;

/// <summary>Knows for which exits of a configuration the system is set up. Looks at it once for all callers that ask at the same time, not
/// more often than every <see cref="Period"/>, and only while a caller asks, a connection is open, or an exit is shut.</summary>
internal sealed class SnatGuard
{
    /// <summary>The pause between two looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    // An older result does not count: a dial waits for a new look. The time is longer than a period, so that under load no dial waits.
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly SnatManager _manager;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, SnatGate> _gates;
    private readonly Lock _lock = new();
    private Task? _look;
    private long _looked;
    private bool _asked;
    private bool _everLooked;
    private volatile bool _retired;

    private SnatGuard(GatewayConfig config, IEnumerable<SnatExit> exits, ICommandRunner system, TimeProvider time, ExitStates states)
    {
        _manager = new SnatManager(config, system);
        _time = time;
        _gates = exits.ToDictionary(exit => exit.Name, exit => new SnatGate(this, exit, states.Own(exit.Name)), StringComparer.Ordinal);
    }

    /// <summary>Called when an exit is shut or open again: its name, the reason or null.</summary>
    public Action<string, string?>? Changed { get; set; }

    /// <summary>Whether its configuration is in force.</summary>
    public bool IsInForce => !_retired;

    /// <summary>Whether connections that the gates let through may still be open.</summary>
    public bool HasOpen => _gates.Values.Any(gate => gate.HasOpen);

    /// <summary>The guard of a configuration; null when all its exits are bound to addresses of this host.</summary>
    public static SnatGuard? Create(GatewayConfig config, IEnumerable<SnatExit> exits, ICommandRunner system, TimeProvider time, ExitStates states)
    {
        if (!config.Snat.Enabled) return null;
        SnatExit[] unbound = [.. exits.Where(exit => exit.Address is null || !system.IsOnHost(exit.Address))];
        return unbound.Length == 0 ? null : new SnatGuard(config, unbound, system, time, states);
    }

    public SnatGate? GateOf(string exit) => _gates.GetValueOrDefault(exit);

    /// <summary>Waits until the last result is recent enough to rely on.</summary>
    public async ValueTask EnsureKnownAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _asked = true;
            if (_everLooked && Age < Trusted) return;
        }
        await LookAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at the system now, or waits for a look under way.</summary>
    public Task LookAsync()
    {
        lock (_lock)
        {
            if (_look is { IsCompleted: false }) return _look;
            return _look = Task.Run(LookOnceAsync);
        }
    }

    /// <summary>Called every second or so: begins a look where one is due.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            if (_look is { IsCompleted: false } || (_everLooked && Age < Period)) return;
        }
        bool due = _asked || HasOpen || (!_retired && _gates.Values.Any(gate => gate.Refusal is not null));
        if (due) _ = LookAsync();
    }

    /// <summary>Another configuration is in force: connections that are still open are watched to their end, exits no longer.</summary>
    public void Retire()
    {
        _retired = true;
        foreach (SnatGate gate in _gates.Values) gate.Release();
    }

    /// <summary>Ends a connection that a gate let through.</summary>
    public static void End(object connection)
    {
        if (connection is DuplexStream stream) stream.Abort();
        else if (connection is IAsyncDisposable flow) _ = flow.DisposeAsync().AsTask();
    }

    private TimeSpan Age => _time.GetElapsedTime(_looked);

    private async Task LookOnceAsync()
    {
        lock (_lock) _asked = false;
        SnatStatus? status = null;
        string failure;
        try
        {
            using CancellationTokenSource limit = new(Longest, _time);
            status = await _manager.GetStatusAsync(limit.Token).ConfigureAwait(false);
            failure = "";
        }
        catch (OperationCanceledException)
        {
            failure = $"looking at the system took longer than {DurationText.Seconds(Longest)}";
        }
        catch (Exception exception)
        {
            // Whatever the failure was: no packet may leave.
            failure = exception.Message;
        }
        foreach (SnatGate gate in _gates.Values)
        {
            SnatExitStatus found = status?.Exits.FirstOrDefault(exit => exit.Name == gate.Name)
                ?? new SnatExitStatus(gate.Name, null, false, null, "", 0, 0, null, failure);
            string? before = gate.Refusal;
            gate.Set(found);
            if (!_retired && (before is null) != (gate.Refusal is null)) Changed?.Invoke(gate.Name, gate.Refusal);
        }
        lock (_lock)
        {
            _looked = _time.GetTimestamp();
            _everLooked = true;
        }
    }
}
