using System.Runtime.InteropServices;
using MultiExit.Engine.Sessions.Limits;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>What users may use of their quotas on this node: what is reserved for it, and a little more while the store is away. Thread-safe.</summary>
/// <param name="usage">What they have used on this node.</param>
/// <param name="quotaOf">The quota of a user; null: none.</param>
/// <param name="mayOverdraw">Whether they go on for a while when the store is away.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetQuotas(UsageLedger usage, Func<string, long?> quotaOf, bool mayOverdraw, TimeProvider time) : IFleetQuotas
{
    // The time in which an answer comes when the store is well.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AwayAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FleetQuota> _quotas = new(StringComparer.Ordinal);
    private Dictionary<string, QuotaUse> _others = new(StringComparer.Ordinal);
    private string _month = "";
    private Action _wake = static () => { };
    private TimeSpan _answered;
    private bool _hasFailed;
    private int _nodes = 1;

    /// <summary>Whether there are quotas.</summary>
    public bool IsUsed => usage.Path is not null;

    /// <summary>Tells the count of this node from one of before.</summary>
    public Guid Ledger => usage.Id;

    /// <summary>The month that is counted.</summary>
    public string Month => usage.Month;

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>Begins with what the file has.</summary>
    /// <param name="wake">Asks for an exchange soon.</param>
    public void Start(Action wake)
    {
        IReadOnlyDictionary<string, long>? ceilings = usage.Ceilings;
        string month = usage.Month;
        lock (_lock)
        {
            (_wake, _answered, _month) = (wake, Now, month);
            foreach ((string account, long used) in usage.UsedIn(month))
                // What a server has used before it was a node is no part of what it may use without asking.
                _quotas[account] = new FleetQuota(used, null) { Reserved = ceilings?.GetValueOrDefault(account) ?? used, IsKept = ceilings is not null };
        }
    }

    public QuotaState StateOf(string account, long quota)
    {
        long used = usage.UsedThisMonth(account);
        lock (_lock)
        {
            Roll();
            if (used >= quota) return QuotaState.UsedUp;
            if (!_quotas.TryGetValue(account, out FleetQuota? own))
            {
                own = new FleetQuota(used, Now);
                if (_quotas.Count < SharedQuotas.MaxRead) _quotas[account] = own;
            }
            long room = quota - _others.GetValueOrDefault(account).Taken - own.Reserved;
            if (room > 0 && !own.IsAsked && own.IsShort(used, quota))
            {
                own.IsAsked = true;
                _wake();
            }
            if (used < CeilingOf(own, account, quota))
            {
                own.CrossedAt = null;
                return QuotaState.Left;
            }
            if (own.IsKnown && room <= 0) return QuotaState.UsedUp;
            TimeSpan now = Now;
            own.CrossedAt ??= now;
            return !_hasFailed && now - _answered < AwayAfter && now - own.CrossedAt < Grace ? QuotaState.Left : QuotaState.Unknown;
        }
    }

    public long UsedBy(string account)
    {
        long used = usage.UsedThisMonth(account);
        lock (_lock)
        {
            Roll();
            return used + _others.GetValueOrDefault(account).Spent;
        }
    }

    /// <summary>Whether the file has <see cref="Ledger"/>; writes it where it has not.</summary>
    /// <exception cref="Errors.ProxyException">It cannot be written.</exception>
    public bool KeepsLedger() => usage.KeepId();

    /// <summary>Goes by the clock of the store.</summary>
    public void Anchor(DateTimeOffset now) => usage.Anchor(now);

    /// <summary>What the store has to know.</summary>
    /// <param name="month">The month of it.</param>
    /// <param name="isFull">Whether it may have lost what it knew.</param>
    public IReadOnlyList<QuotaDemand> GetDemands(string month, bool isFull) =>
        GetDemands(month, (account, own, used, quota) => own.Demand(account, used, quota, Now, isFull));

    /// <summary>What the store has to know when the node leaves: it uses nothing more of what is reserved.</summary>
    public IReadOnlyList<QuotaDemand> GiveBack(string month) => GetDemands(month, (account, own, used, quota) =>
    {
        own.Reserved = Math.Min(own.Reserved, used);
        return new QuotaDemand(account, used, used, quota);
    });

    /// <summary>The store has answered.</summary>
    public void Take(string month, IReadOnlyList<QuotaDemand> demands, IReadOnlyList<QuotaGrant> grants)
    {
        Dictionary<string, QuotaDemand> asked = demands.ToDictionary(demand => demand.Account, StringComparer.Ordinal);
        lock (_lock)
        {
            Roll();
            if (_month != month) return;
            foreach (QuotaGrant grant in grants)
            {
                if (!asked.TryGetValue(grant.Account, out QuotaDemand? demand) || !_quotas.TryGetValue(grant.Account, out FleetQuota? own)) continue;
                if (grant.Spent > demand.Spent) usage.Recover(month, grant.Account, grant.Spent - demand.Spent);
                own.Take(demand, grant);
                _others[grant.Account] = grant.Others;
            }
        }
    }

    /// <summary>What the other nodes have used.</summary>
    public void Learn(string month, QuotaChanges changes)
    {
        lock (_lock)
        {
            Roll();
            if (_month != month) return;
            if (changes.IsAll) _others = new Dictionary<string, QuotaUse>(StringComparer.Ordinal);
            foreach ((string account, QuotaUse use) in changes.Uses)
                if (_others.Count < SharedQuotas.MaxRead || _others.ContainsKey(account)) _others[account] = use;
        }
    }

    /// <summary>An exchange has succeeded: what may be used without the next one is kept over a restart.</summary>
    public void Answered(IEnumerable<NodeStatus> nodes)
    {
        Dictionary<string, long> ceilings;
        string month;
        KeyValuePair<string, FleetQuota>[] quotas;
        lock (_lock) quotas = [.. _quotas];
        (string Account, FleetQuota Own, long? Quota)[] limited = [.. quotas.Select(pair => (pair.Key, pair.Value, quotaOf(pair.Key)))];
        lock (_lock)
        {
            (_answered, _hasFailed, _nodes, month) = (Now, false, Math.Max(1, nodes.Count(node => node.State != NodeState.Left)), _month);
            ceilings = limited.Where(one => one.Quota is not null && one.Own.IsKnown)
                .ToDictionary(one => one.Account, one => CeilingOf(one.Own, one.Account, one.Quota!.Value), StringComparer.Ordinal);
        }
        usage.Keep(month, ceilings);
    }

    /// <summary>An exchange has failed.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            _hasFailed = true;
            foreach (FleetQuota own in _quotas.Values) own.IsAsked = false;
        }
    }

    private List<QuotaDemand> GetDemands(string month, Func<string, FleetQuota, long, long, QuotaDemand?> demandOf)
    {
        IReadOnlyDictionary<string, long> used = usage.UsedIn(month);
        string[] accounts;
        lock (_lock)
        {
            Roll();
            if (_month != month) return [];
            accounts = [.. used.Keys.Union(_quotas.Keys, StringComparer.Ordinal)];
        }
        // Limits have locks of their own.
        (string Account, long? Quota)[] limited = [.. accounts.Select(account => (account, quotaOf(account)))];
        List<QuotaDemand> demands = [];
        lock (_lock)
        {
            if (_month != month) return [];
            foreach ((string account, long? quota) in limited)
            {
                if (quota is not { } most) continue;
                long spent = used.GetValueOrDefault(account);
                ref FleetQuota? own = ref CollectionsMarshal.GetValueRefOrAddDefault(_quotas, account, out _);
                own ??= new FleetQuota(spent, null);
                if (demandOf(account, own, spent, most) is { } demand) demands.Add(demand);
            }
        }
        return demands;
    }

    // A hundredth of the quota for all nodes together, and at least a chunk for each.
    private long CeilingOf(FleetQuota own, string account, long quota)
    {
        if (!mayOverdraw || (own.IsKept && !own.IsKnown)) return own.Reserved;
        long room = Math.Max(0, quota - _others.GetValueOrDefault(account).Taken - own.Reserved);
        return own.Reserved + Math.Min(room, Math.Max(FleetQuota.ChunkOf(quota), quota / 100 / _nodes));
    }

    private void Roll()
    {
        string month = usage.Month;
        if (month == _month) return;
        _month = month;
        _quotas.Clear();
        _others.Clear();
    }
}
