using System.Net;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Lockouts;

/// <summary>Tells the other nodes which clients are locked out here, and locks out those that they tell of.</summary>
internal sealed class SharedLockouts : IFleetWork
{
    /// <summary>The topic.</summary>
    public const string Name = "lockouts";

    /// <summary>The most that are read.</summary>
    public const int MaxRead = 65_536;

    private const int MaxBatch = 1000;

    // Those that a store which is away does not take; each one ends by itself.
    private const int MaxWaiting = 65_536;

    // Everything is read again now and then: it is what is left of a store that was restored and has counted on.
    private static readonly TimeSpan FullEvery = TimeSpan.FromMinutes(1);

    private readonly LoginGuard _guard;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Dictionary<IPAddress, TimeSpan> _waiting = []; // until when, by the monotonic clock
    private Action _wake = static () => { };
    private KeyValuePair<IPAddress, TimeSpan>[] _doubted = []; // written without an answer; of a run alone, as the next two
    private long? _version;
    private long? _lastFull;

    public SharedLockouts(LoginGuard guard, TimeProvider time)
    {
        (_guard, _time) = (guard, time);
        guard.Changed = OnChanged;
    }

    public string Topic => Name;

    public TimeSpan Period => FleetTimes.Poll;

    private TimeSpan Now => _time.GetElapsedTime(0);

    public void Start(Action wake)
    {
        _wake = wake;
        // Those of before the node was one.
        foreach ((IPAddress client, TimeSpan lasts) in _guard.GetRemaining()) OnChanged(client, lasts);
    }

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        if (_lastFull is not { } last || _time.GetElapsedTime(last) >= FullEvery)
        {
            LockoutChanges all = await ReadAsync(store, member, null, cancellationToken).ConfigureAwait(false);
            // What has ended since the last version that was read is not among them.
            _version = all.Version < _version ? all.Version : _version ?? all.Version;
            _lastFull = _time.GetTimestamp();
        }
        await WriteAsync(store, member, cancellationToken).ConfigureAwait(false);
        _version = (await ReadAsync(store, member, _version, cancellationToken).ConfigureAwait(false)).Version;
    }

    public Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) => WriteAsync(store, member, cancellationToken);

    public void Dispose()
    {
        // A node that came after this one has its own.
        if (_guard.Changed == OnChanged) _guard.Changed = null;
    }

    private async Task<LockoutChanges> ReadAsync(IFleetStore store, FleetMember member, long? version, CancellationToken cancellationToken)
    {
        LockoutChanges changes = await store.Lockouts.ReadAsync(member.Fleet, version, cancellationToken).ConfigureAwait(false);
        // Also those of this node: it may have been started anew.
        foreach (SharedLockout lockout in changes.Lockouts)
        {
            // What was said here since then is newer.
            lock (_lock)
                if (_waiting.ContainsKey(lockout.Client)) continue;
            // What this node has said itself it knows better than the answer, which may be late.
            if (lockout.Node == member.Node && lockout.Lasts > TimeSpan.Zero && _guard.IsLocked(lockout.Client)) continue;
            if (lockout.Lasts > TimeSpan.Zero) _guard.LockOut(lockout.Client, lockout.Lasts, lockout.Node);
            else _guard.LetIn(lockout.Client);
        }
        return changes;
    }

    private async Task WriteAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        await SettleAsync(store, member, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            KeyValuePair<IPAddress, TimeSpan>[] batch;
            lock (_lock) batch = [.. _waiting.Take(MaxBatch)];
            if (batch.Length == 0) return;
            TimeSpan now = Now;
            _doubted = batch;
            await store.Lockouts.WriteAsync(
                member,
                [.. batch.Select(entry => new SharedLockout(entry.Key, entry.Value > now ? entry.Value - now : default, member.Node))],
                cancellationToken).ConfigureAwait(false);
            _doubted = [];
            Forget(batch);
        }
    }

    // Whether a write whose answer was lost has been made is known by what came since: it, or what another node said behind it, which to say it again
    // would take back.
    private async Task SettleAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        if (_doubted.Length == 0 || _version is null) return;
        LockoutChanges changes = await store.Lockouts.ReadAsync(member.Fleet, _version, cancellationToken).ConfigureAwait(false);
        HashSet<IPAddress> said = [.. changes.Lockouts.Select(lockout => lockout.Client)];
        Forget(_doubted.Where(entry => said.Contains(entry.Key)));
        _doubted = [];
    }

    // One that has changed since is written again.
    private void Forget(IEnumerable<KeyValuePair<IPAddress, TimeSpan>> written)
    {
        lock (_lock)
            foreach ((IPAddress client, TimeSpan until) in written)
                if (_waiting.TryGetValue(client, out TimeSpan newest) && newest == until) _waiting.Remove(client);
    }

    private void OnChanged(IPAddress client, TimeSpan lasts)
    {
        // What runs on the node itself is another client on each node.
        if (ClientPrefix.IsLoopback(client)) return;
        lock (_lock)
        {
            TimeSpan now = Now;
            if (_waiting.Count >= MaxWaiting) _waiting = _waiting.Where(entry => entry.Value > now).ToDictionary();
            if (_waiting.Count >= MaxWaiting) return;
            _waiting[client] = now + lasts;
        }
        _wake();
    }
}
