using System.Diagnostics;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.States.Leases;
using MultiExit.Engine.Status;
using MultiExit.Engine.Takeover;

namespace MultiExit.Engine.States;

/// <summary>The state of an exit or group at run time. Kept by name across reloads; never configuration. Thread-safe.</summary>
internal sealed class ExitState(
    string name, TimeProvider? time = null, Action<string, ExitHealthStatus>? healthChanged = null, Action<string, CarrierChange>? carriersChanged = null)
{
    // The weight of a new dial time in the average: the last ten or so count.
    private const double Smoothing = 0.2;

    private readonly Lock _lock = new();
    private readonly long[] _failures = new long[Enum.GetValues<DialFailure>().Length];
    private int _dialing;
    private int _sessions;
    private long _dials;
    private long _endedBytesUp;
    private long _endedBytesDown;
    private double _latency = double.NaN;
    private bool _disabled;
    private bool _cut;
    private WeightChange? _weight;
    private string? _refusal;
    private ExitLease? _lease;
    private volatile ExitTotal? _before;

    public string Name { get; } = name;

    /// <summary>The state of the group that it is a member of at run time; null for an exit or group of the configuration.</summary>
    public ExitState? MemberOf { get; init; }

    /// <summary>The state of the pool that it is an address of; null for all others.</summary>
    public ExitState? Pool { get; init; }

    /// <summary>The state by whose name metrics and the history count it: members that come and go must not make names without end.</summary>
    public ExitState Account => MemberOf ?? this;

    /// <summary>Its live connections by their ends; a direct exit keeps it.</summary>
    public PortUse Ports { get; } = new();

    /// <summary>Whether it works; a group's health depends on its members and is not kept here.</summary>
    public ExitHealth Health { get; } = new(name, time ?? TimeProvider.System, healthChanged);

    /// <summary>Whether a tunnel has carriers to its server.</summary>
    public CarrierHealth Carriers { get; } = new(name, time ?? TimeProvider.System, carriersChanged);

    /// <summary>Called with the name that it counts by, how long it took and how it ended, at the end of each dial.</summary>
    public Action<string, TimeSpan, DialFailure>? Dialed { get; init; }

    /// <summary>Dials begun, those under way and datagram flows included.</summary>
    public long Dials => Volatile.Read(ref _dials) + (_before?.Dials ?? 0);

    /// <summary>What the processes before have counted; null: there were none.</summary>
    public ExitTotal? Before
    {
        set => _before = value;
    }

    /// <summary>What an operator has done to it, for another process; null: nothing.</summary>
    public HandedExit? Export() => Volatile.Read(ref _weight) is var weight && !Disabled && weight is null
        ? null : new HandedExit(Name, Disabled, Volatile.Read(ref _cut), weight?.Configured, weight?.Weight);

    /// <summary>Takes what an operator has done to it in another process.</summary>
    public void Import(HandedExit handed)
    {
        if (handed.Disabled) Enable(enabled: false, handed.Cut);
        if (handed is { Configured: { } configured, Weight: { } weight }) ChangeWeight(configured, weight);
    }

    /// <summary>Live sessions.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Live sessions and dials under way.</summary>
    public int Load => Volatile.Read(ref _sessions) + Volatile.Read(ref _dialing);

    /// <summary>Bytes of ended sessions, from clients to targets.</summary>
    public long EndedBytesUp => Volatile.Read(ref _endedBytesUp) + (_before?.BytesUp ?? 0);

    /// <summary>Bytes of ended sessions, from targets to clients.</summary>
    public long EndedBytesDown => Volatile.Read(ref _endedBytesDown) + (_before?.BytesDown ?? 0);

    /// <summary>The moving average of the time successful dials and probes took, in milliseconds; NaN before the first.</summary>
    public double Latency => Volatile.Read(ref _latency);

    /// <summary>The last failed dial as a sentence; null when none has failed.</summary>
    public string? LastError { get; private set; }

    /// <summary>Whether an operator has taken it out of use.</summary>
    public bool Disabled
    {
        get => Volatile.Read(ref _disabled);
        set => Volatile.Write(ref _disabled, value);
    }

    /// <summary>Whether an operator has ended its sessions with that, or those of its pool: a session whose dial was under way ends as well.</summary>
    public bool IsCut => Volatile.Read(ref _cut) || Pool is { IsCut: true };

    /// <summary>Whether what goes through it goes through an exit: it is that one, or an address of that pool.</summary>
    public bool IsOf(ExitState exit) => this == exit || Pool == exit;

    /// <summary>Takes it out of use, or puts it back.</summary>
    /// <param name="enabled">Whether new connections may go to it.</param>
    /// <param name="cut">When not: whether its sessions end. The caller ends those that it finds afterwards; those that begin later see it
    /// themselves.</param>
    public void Enable(bool enabled, bool cut)
    {
        Disabled = !enabled;
        Volatile.Write(ref _cut, !enabled && (cut || _cut));
        // Before the caller looks for sessions.
        Interlocked.MemoryBarrier();
    }

    /// <summary>The share in force: the operator's override until the configured weight changes.</summary>
    public int WeightInForce(int configured) =>
        Volatile.Read(ref _weight) is { } change && change.Configured == configured ? change.Weight : configured;

    /// <summary>Puts another share in place of the configured one.</summary>
    public void ChangeWeight(int configured, int weight) => Volatile.Write(ref _weight, new WeightChange(configured, weight));

    /// <summary>Puts the configured share in force again.</summary>
    public void ForgetWeight() => Volatile.Write(ref _weight, null);

    /// <summary>Why no packet may leave through it, in a sentence: its source NAT is missing, or another node may use its address. Null: packets may.</summary>
    public string? Refusal => SetupRefusal ?? Lease?.Refusal;

    /// <summary>The part of <see cref="Refusal"/> that the set-up of this host is to blame for.</summary>
    public string? SetupRefusal
    {
        get => Volatile.Read(ref _refusal);
        set => Volatile.Write(ref _refusal, value);
    }

    /// <summary>The lease of its address; null: it needs none.</summary>
    public ExitLease? Lease
    {
        get => Volatile.Read(ref _lease);
        set => Volatile.Write(ref _lease, value);
    }

    /// <summary>Its limits; null: it has none.</summary>
    public IExitLimit? Limit { get; set; }

    /// <summary>The failed dials of a class.</summary>
    public long FailuresOf(DialFailure failure) => Volatile.Read(ref _failures[(int)failure]);

    public void DialBegan()
    {
        Interlocked.Increment(ref _dials);
        Interlocked.Increment(ref _dialing);
    }

    /// <summary>A dial is over, however it ended.</summary>
    public void DialEnded() => Interlocked.Decrement(ref _dialing);

    /// <summary>How many of its dials and probes fail.</summary>
    public DialLoss Loss { get; } = new(time ?? TimeProvider.System);

    /// <summary>How long its dials take.</summary>
    public DialTimes Times { get; } = new();

    /// <summary>Another exit has its name from here on: what its dials and probes have shown says nothing of that one.</summary>
    public void ForgetQuality()
    {
        Volatile.Write(ref _latency, double.NaN);
        Times.Forget();
        Loss.Forget();
        Health.Use(null);
    }

    public void DialSucceeded(TimeSpan took)
    {
        Times.Add(took);
        Measured(took);
        Loss.Add(good: true);
        Health.DialSucceeded();
    }

    /// <summary>Notes how long a connection took, that of a probe included.</summary>
    public void Measured(TimeSpan took)
    {
        lock (_lock)
        {
            double sample = took.TotalMilliseconds;
            Volatile.Write(ref _latency, double.IsNaN(_latency) ? sample : _latency + Smoothing * (sample - _latency));
        }
    }

    public void DialFailed(DialFailure failure, string? detail)
    {
        Debug.Assert(failure != DialFailure.None);
        Interlocked.Increment(ref _failures[(int)failure]);
        // The text may hold a server's answer, and tables show it.
        detail = detail is null ? null : LogText.Clean(detail);
        LastError = detail;
        if (DialErrors.IsExitsFault(failure)) Blame(detail);
    }

    /// <summary>A dial has failed by its fault.</summary>
    public void Blame(string? detail)
    {
        Loss.Add(good: false);
        Health.DialFailed(detail);
    }

    public void SessionBegan() => Interlocked.Increment(ref _sessions);

    public void SessionEnded(long bytesUp, long bytesDown)
    {
        Interlocked.Decrement(ref _sessions);
        Interlocked.Add(ref _endedBytesUp, bytesUp);
        Interlocked.Add(ref _endedBytesDown, bytesDown);
    }

    private sealed record WeightChange(int Configured, int Weight);
}
