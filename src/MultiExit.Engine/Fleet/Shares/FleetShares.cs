using System.Collections.Concurrent;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>What this node has of the limits of users. Thread-safe; the limits call it under their lock, and it calls nobody.</summary>
/// <remarks>Each new session asks, so that what it asks for takes no lock: a look-up, and the terms that the worker has put there last.</remarks>
/// <param name="time">The clock.</param>
internal sealed class FleetShares(TimeProvider time) : IFleetShares
{
    // A node that was killed and is not started again is no reason to give users less for ever.
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);

    private static readonly ShareKind[] _kinds = Enum.GetValues<ShareKind>();

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<ShareKey, NodeShare> _shares = []; // changed by the worker alone, under the lock
    private readonly ShareMeter _meter = new();
    private readonly Lock _trying = new();
    private Dictionary<ShareKey, long> _tries = []; // of users that have no share yet; under a lock of its own, which is held for a moment only
    private Action _wake = static () => { };
    private int _count; // of shares, of the worker: a concurrent dictionary takes all its locks to be counted
    private TimeSpan? _looked; // of the worker
    private volatile int _nodes = 1;

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>Asks for an exchange soon when somebody is new here.</summary>
    public void Start(Action wake) => _wake = wake;

    public long ShareOf(string account, ShareKind kind, long limit) =>
        _shares.TryGetValue(new ShareKey(account, kind), out NodeShare? share) ? share.Of(limit, _nodes, Now) : NodeShare.StartOf(kind, limit, _nodes);

    public void Appeared(string account)
    {
        foreach (ShareKind kind in _kinds)
            if (_shares.ContainsKey(new ShareKey(account, kind))) return;
        _wake();
    }

    public void Tried(string account, ShareKind kind)
    {
        ShareKey key = new(account, kind);
        if (_shares.TryGetValue(key, out NodeShare? share))
        {
            share.Tried();
            return;
        }
        lock (_trying)
            if (_tries.Count < SharedLimits.MaxUsers || _tries.ContainsKey(key)) _tries[key] = _tries.GetValueOrDefault(key) + 1;
    }

    /// <summary>The users that have tried to open sessions since the last look.</summary>
    public IReadOnlyList<string> GetTrying()
    {
        IEnumerable<ShareKey> trying = _shares.Where(share => share.Value.HasTries).Select(share => share.Key);
        lock (_trying) trying = trying.Concat([.. _tries.Keys]);
        return [.. trying.Select(key => key.Account).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Looks at what users want now.</summary>
    /// <param name="uses">What they have.</param>
    /// <param name="nodes">The nodes of the fleet.</param>
    /// <returns>The users that have a share here.</returns>
    public IReadOnlyList<string> Look(IReadOnlyList<UserUse> uses, IEnumerable<NodeStatus> nodes)
    {
        int count = nodes.Count(node => node.State != NodeState.Left && node.Silence < ForgottenAfter);
        TimeSpan now = Now;
        lock (_lock)
        {
            _nodes = Math.Max(1, count);
            IReadOnlyList<ShareNeed> needs = _meter.Measure(uses, TakeTries(), now - _looked ?? FleetTimes.SharePeriod);
            _looked = now;
            HashSet<ShareKey> wanted = [.. needs.Where(need => Look(need, now)).Select(need => need.Key)];
            foreach ((ShareKey key, NodeShare share) in _shares)
                if (!wanted.Contains(key)) share.Look(share.Limit, 0, now);
            return [.. _shares.Select(share => share.Key.Account).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>Finds the shares that this node ought to have, and uses no more than those from here on.</summary>
    /// <param name="node">The name of this node.</param>
    /// <param name="rows">What the others want.</param>
    public void Plan(string node, IReadOnlyList<ShareRow> rows)
    {
        ILookup<ShareKey, ShareRow> others = rows.ToLookup(row => new ShareKey(row.Account, row.Kind));
        lock (_lock)
            foreach ((ShareKey key, NodeShare share) in _shares) share.Plan(node, [.. others[key]], _nodes, Now);
    }

    /// <summary>What the store has to know.</summary>
    /// <param name="counts">The live sessions of users, counted after <see cref="Plan"/>.</param>
    public IReadOnlyList<ShareDemand> GetDemands(IReadOnlyDictionary<string, (int Sessions, int Associations)> counts)
    {
        List<ShareDemand> demands = [];
        lock (_lock)
            foreach ((ShareKey key, NodeShare share) in _shares)
                if (share.Tell(key.Account, UsedOf(key, counts), Now) is { } demand) demands.Add(demand);
        return demands;
    }

    /// <summary>The store has answered.</summary>
    /// <param name="grants">What it gives.</param>
    /// <param name="asked">When it was asked.</param>
    public void Take(IReadOnlyList<ShareGrant> grants, TimeSpan asked)
    {
        lock (_lock)
            foreach (ShareGrant grant in grants)
            {
                ShareKey key = new(grant.Account, grant.Kind);
                if (_shares.TryGetValue(key, out NodeShare? share) && share.Take(grant.Granted, asked) && _shares.TryRemove(key, out _)) _count--;
            }
    }

    private bool Look(ShareNeed need, TimeSpan now)
    {
        if (!_shares.TryGetValue(need.Key, out NodeShare? share))
        {
            if (need.Demand == 0 || _count >= SharedLimits.MaxUsers) return false;
            _shares[need.Key] = share = new NodeShare(need.Key.Kind, now);
            _count++;
        }
        share.Look(need.Limit, need.Demand, now);
        return true;
    }

    private Dictionary<ShareKey, long> TakeTries()
    {
        Dictionary<ShareKey, long> tries;
        lock (_trying) (tries, _tries) = (_tries, []);
        foreach ((ShareKey key, NodeShare share) in _shares)
            if (share.TakeTries() is > 0 and var count) tries[key] = tries.GetValueOrDefault(key) + count;
        return tries;
    }

    private static long UsedOf(ShareKey key, IReadOnlyDictionary<string, (int Sessions, int Associations)> counts) => key.Kind switch
    {
        ShareKind.Connections => counts.GetValueOrDefault(key.Account).Sessions,
        ShareKind.Associations => counts.GetValueOrDefault(key.Account).Associations,
        _ => 0,
    };
}
