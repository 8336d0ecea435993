using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>Tells the fleet what users want of their limits here, and has the share of this node granted.</summary>
internal sealed class SharedLimits : IFleetWork
{
    /// <summary>The topic.</summary>
    public const string Name = "limits";

    /// <summary>The most limits of users that a node has shares of.</summary>
    public const int MaxUsers = 65_536;

    /// <summary>The most rows that are read of the other nodes at a time.</summary>
    public const int MaxRead = 65_536;

    private const int MaxBatch = 1000;
    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(1);

    private readonly LimitTable _limits;
    private readonly FleetShares _shares;
    private readonly TimeProvider _time;
    private long _sequence;
    private long? _cleaned;

    /// <param name="limits">The limits of users.</param>
    /// <param name="time">The clock.</param>
    public SharedLimits(LimitTable limits, TimeProvider time) => (_limits, _time, _shares) = (limits, time, new FleetShares(time));

    public string Topic => Name;

    public TimeSpan Period => FleetTimes.SharePeriod;

    public void Start(Action wake)
    {
        _shares.Start(wake);
        _limits.Shares = _shares;
    }

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> accounts = _shares.Look(_limits.GetUses(_shares.GetTrying()), member.Nodes);
        if (accounts.Count == 0) return;
        List<ShareRow> rows = [];
        foreach (string[] batch in accounts.Chunk(MaxBatch))
            rows.AddRange(await store.Shares.ReadAsync(member, batch, cancellationToken).ConfigureAwait(false));
        // One that was given up may go on behind its time-out.
        cancellationToken.ThrowIfCancellationRequested();
        _shares.Plan(member.Node, rows);
        // What is given up is another node's as soon as the store knows of it, whether its answer comes or not.
        foreach (string account in accounts) _limits.Refresh(account);
        // In this order: what is let in after it has the lower share, and what was let in before it is counted.
        IReadOnlyList<ShareDemand> demands = _shares.GetDemands(accounts.ToDictionary(account => account, _limits.CountOf, StringComparer.Ordinal));
        foreach (ShareDemand[] batch in demands.Chunk(MaxBatch))
        {
            TimeSpan asked = _time.GetElapsedTime(0);
            IReadOnlyList<ShareGrant> grants = await store.Shares.SettleAsync(member, ++_sequence, batch, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            _shares.Take(grants, asked);
        }
        _limits.RefreshUsers();
        if (_cleaned is { } last && _time.GetElapsedTime(last) < CleanEvery) return;
        await store.Shares.CleanAsync(member, cancellationToken).ConfigureAwait(false);
        _cleaned = _time.GetTimestamp();
    }

    public Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) => store.Shares.ReleaseAsync(member, cancellationToken);

    public void Dispose()
    {
        // A node that came after this one has its own.
        if (_limits.Shares == _shares) _limits.Shares = null;
    }
}
