using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>What this node has of one limit of one user. Used under the lock of <see cref="FleetShares"/>, but for what new sessions ask for and
/// count, which takes none.</summary>
/// <param name="kind">The limit.</param>
/// <param name="now">Since when the user is here.</param>
internal sealed class NodeShare(ShareKind kind, TimeSpan now)
{
    // Two exchanges: what users of other nodes want is known then.
    private static readonly TimeSpan GrowsAfter = 1.5 * FleetTimes.SharePeriod;

    // By then the other nodes have given up what they had too much.
    private static readonly TimeSpan StartsFor = 3 * FleetTimes.SharePeriod;
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(10);

    // An answer may have been sent by a clock that runs a little slower, to a process that was stopped.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(2);

    private TimeSpan _activeAt = now;
    private volatile Terms _terms = new(0, 0, now, TimeSpan.Zero);
    private long _tries;
    private long _target;
    private long _granted;
    private (ShareDemand Demand, TimeSpan At)? _asked;
    private (ShareDemand Demand, TimeSpan At)? _told;

    /// <summary>The number for all nodes.</summary>
    public long Limit { get; private set; }

    /// <summary>What the user wants here.</summary>
    public long Demand { get; private set; }

    /// <summary>Whether the user has tried to open a session since they were taken.</summary>
    public bool HasTries => Volatile.Read(ref _tries) > 0;

    /// <summary>Whether what a node has goes on counting where it was given back: live sessions do, what moves does not.</summary>
    public static bool Lives(ShareKind kind) => kind is ShareKind.Connections or ShareKind.Associations;

    /// <summary>The least that a node has of a limit, so that nothing stands still.</summary>
    public static long LeastOf(ShareKind kind) => Lives(kind) ? 0 : kind == ShareKind.New ? 1 : 1024;

    /// <summary>What a user has where nothing else is known: its part if all nodes had the same.</summary>
    public static long StartOf(ShareKind kind, long limit, int nodes) => Math.Clamp(limit / nodes, Math.Max(1, LeastOf(kind)), Math.Max(1, limit));

    /// <summary>What the user may have here now.</summary>
    public long Of(long limit, int nodes, TimeSpan now)
    {
        Terms terms = _terms;
        long start = StartOf(kind, limit, nodes);
        if (now >= terms.Until) return start;
        long share = now - terms.Since < StartsFor ? Math.Max(terms.Share, Math.Min(start, limit - terms.UsedByOthers)) : terms.Share;
        return Math.Min(limit, Math.Max(share, LeastOf(kind)));
    }

    /// <summary>The user has tried to open a session.</summary>
    public void Tried() => Interlocked.Increment(ref _tries);

    /// <summary>How often it has tried since the last time.</summary>
    public long TakeTries() => Interlocked.Exchange(ref _tries, 0);

    /// <summary>Takes what the user wanted since the last look; what it wanted before fades.</summary>
    public void Look(long limit, long demand, TimeSpan now)
    {
        Limit = limit;
        if (demand > 0) _activeAt = now;
        Demand = Math.Max(demand, now - _activeAt < IdleAfter ? Math.Max(1, Demand / 2) : 0);
    }

    /// <summary>Finds the share that this node ought to have, knowing what others want. What is given up is not used from here on, whether an answer comes
    /// or not.</summary>
    /// <param name="own">The name of this node.</param>
    /// <param name="others">What the others want and use.</param>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="now">The time.</param>
    public void Plan(string own, IReadOnlyList<ShareRow> others, int nodes, TimeSpan now)
    {
        Dictionary<string, long> demands = new(StringComparer.Ordinal) { [own] = Demand };
        long usedByOthers = 0;
        foreach (ShareRow row in others)
        {
            demands[row.Node] = row.Demand;
            usedByOthers = Math.Min(Limit, usedByOthers + row.Used);
        }
        TimeSpan since = now >= _terms.Until ? now : _terms.Since; // where it was without the store: as a user that is new here
        long fair = FairShares.Of(Limit, own, demands);
        // Nodes where a user appears at the same moment know nothing of each other yet.
        _target = now - since < GrowsAfter ? Math.Min(fair, StartOf(kind, Limit, nodes)) : fair;
        _terms = _terms with { Share = Math.Min(_terms.Share, _target), UsedByOthers = usedByOthers, Since = since };
    }

    /// <summary>What the store is told; null: it knows it.</summary>
    /// <param name="account">The user.</param>
    /// <param name="used">What lives, and counts whether it is given up or not.</param>
    /// <param name="now">The time.</param>
    public ShareDemand? Tell(string account, long used, TimeSpan now)
    {
        ShareDemand demand = new(account, kind, Demand, used, Math.Max(_target, used), Limit);
        bool isKnown = _told is var (told, at) && now - at < RenewAfter && now < _terms.Until && _granted >= demand.Wanted
            && (told.Wanted, told.Used, told.Limit) == (demand.Wanted, used, Limit) && Math.Abs(told.Demand - Demand) <= told.Demand / 8;
        _asked = (demand, now);
        return isKnown ? null : demand;
    }

    /// <summary>Takes the answer of the store.</summary>
    /// <param name="granted">What it gives.</param>
    /// <param name="asked">When it was asked.</param>
    /// <returns>Whether the user is here no more.</returns>
    public bool Take(long granted, TimeSpan asked)
    {
        // What lives above the share is granted as well, but nothing new takes its place.
        (_told, _granted) = (_asked, granted);
        _terms = _terms with { Share = Math.Clamp(granted, 0, _target), Until = asked + FleetTimes.ShareTimeToLive - Slack };
        return Demand == 0 && granted <= 0;
    }

    // What new sessions go by, in one piece.
    private sealed record Terms(long Share, long UsedByOthers, TimeSpan Since, TimeSpan Until);
}
