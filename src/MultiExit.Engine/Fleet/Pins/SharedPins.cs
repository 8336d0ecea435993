using MultiExit.Engine.Balancing;

namespace MultiExit.Engine.Fleet.Pins;

/// <summary>Tells the other nodes which exits clients of sticky groups are bound to here, and binds those that they tell of. Clients that have the exit
/// that the hash leads to, on every node, are in no table.</summary>
internal sealed class SharedPins : IFleetWork
{
    /// <summary>The topic.</summary>
    public const string Name = "bindings";

    /// <summary>The most that are read, as many as a group remembers.</summary>
    public const int MaxRead = StickyTable.MaxBindings;

    private const int MaxBatch = 1000;

    // In a run: a group that tells of all its clients leaves the store to other works in between, and to its own reading.
    private const int MaxBatches = 8;

    // Those that a store which is away does not take; each one ends by itself.
    private const int MaxWaiting = StickyTable.MaxBindings;

    // What the store has room for; names of configurations are shorter.
    private const int MaxName = 256;

    // So that a store of others cannot make tables hold any number of texts. Exits come and go: they are counted anew with each reading of everything.
    private const int MaxNames = 10_000;

    // It is what is left of a store that was restored and has counted on.
    private static readonly TimeSpan FullEvery = TimeSpan.FromMinutes(10);

    private readonly GroupStates _groups;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Group, UInt128 Client), (bool IsBound, TimeSpan At)> _waiting = [];
    private readonly Action<string, UInt128, bool> _changed;
    private Action _wake = static () => { };
    private readonly HashSet<string> _names = new(StringComparer.Ordinal); // of a run alone, as those that follow
    private long _version;
    private long? _lastFull;

    public SharedPins(GroupStates groups, TimeProvider time)
    {
        (_groups, _time) = (groups, time);
        _changed = OnChanged;
        groups.Changed = _changed;
    }

    public string Topic => Name;

    public TimeSpan Period => FleetTimes.Poll;

    private TimeSpan Now => _time.GetElapsedTime(0);

    public void Start(Action wake)
    {
        _wake = wake;
        // Those of before the node was one.
        TellAll();
    }

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        await WriteAsync(store, member, cancellationToken).ConfigureAwait(false);
        bool isFull = _lastFull is not { } last || _time.GetElapsedTime(last) >= FullEvery;
        PinChanges changes = await store.Pins.ReadAsync(member.Fleet, isFull ? 0 : _version, cancellationToken).ConfigureAwait(false);
        // One that was given up may go on behind its time-out.
        cancellationToken.ThrowIfCancellationRequested();
        if (isFull) _names.Clear();
        // The oldest first, as they are kept.
        foreach (SharedPin pin in changes.Pins.OrderByDescending(pin => pin.Binding.Age)) Take(pin);
        // What the store has lost it is told again.
        if (changes.Version < _version) TellAll();
        _version = changes.Version;
        if (isFull) _lastFull = _time.GetTimestamp();
    }

    public Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) => WriteAsync(store, member, cancellationToken);

    public void Dispose()
    {
        // A node that came after this one has its own.
        if (_groups.Changed == _changed) _groups.Changed = null;
    }

    private void Take(SharedPin pin)
    {
        if (_groups.Find(pin.Group) is not { } group) return;
        // What was done here since then is newer.
        lock (_lock)
            if (_waiting.ContainsKey((pin.Group, pin.Binding.Id))) return;
        if (!_names.TryGetValue(pin.Binding.Member, out string? member))
        {
            if (_names.Count >= MaxNames) return;
            _names.Add(member = pin.Binding.Member);
        }
        group.Bindings.Merge(pin.Binding with { Member = member }, pin.IsBound);
    }

    private void TellAll()
    {
        foreach (GroupState group in _groups.All)
            foreach (StickyBinding binding in group.Bindings.Snapshot(out _)) OnChanged(group.Name, binding.Id, isBound: true);
    }

    private async Task WriteAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        for (int written = 0; written < MaxBatches; written++)
        {
            KeyValuePair<(string Group, UInt128 Client), (bool IsBound, TimeSpan At)>[] batch;
            lock (_lock) batch = [.. _waiting.Take(MaxBatch)];
            if (batch.Length == 0) return;
            SharedPin[] pins = [.. batch.Select(entry => PinOf(entry.Key, entry.Value)).OfType<SharedPin>()];
            if (pins.Length > 0) await store.Pins.WriteAsync(member, pins, cancellationToken).ConfigureAwait(false);
            lock (_lock)
                // One that has changed since is written again.
                foreach (((string, UInt128) key, (bool, TimeSpan) change) in batch)
                    if (_waiting.TryGetValue(key, out (bool, TimeSpan) newest) && newest == change) _waiting.Remove(key);
        }
        _wake();
    }

    // Null: it is over, or the group has forgotten it for others.
    private SharedPin? PinOf((string Group, UInt128 Client) key, (bool IsBound, TimeSpan At) change)
    {
        if (key.Group.Length > MaxName || _groups.Find(key.Group) is not { } group) return null;
        TimeSpan lasts = group.Bindings.Lifetime;
        if (!change.IsBound) return new SharedPin(key.Group, new StickyBinding(key.Client, "", Now - change.At), IsBound: false, lasts);
        return group.Bindings.Get(key.Client) is { Member.Length: > 0 and <= MaxName } binding
            ? new SharedPin(key.Group, binding, IsBound: true, binding.Lifetime ?? lasts) : null;
    }

    private void OnChanged(string group, UInt128 client, bool isBound)
    {
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting && !_waiting.ContainsKey((group, client))) return;
            _waiting[(group, client)] = (isBound, Now);
        }
        _wake();
    }
}
