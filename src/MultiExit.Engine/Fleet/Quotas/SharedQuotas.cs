using MultiExit.Engine.Sessions.Limits;

namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>Tells the fleet what users have used of their quotas here, and reserves what they use next.</summary>
internal sealed class SharedQuotas : IFleetWork
{
    /// <summary>The topic.</summary>
    public const string Name = "quotas";

    /// <summary>The most users that are read.</summary>
    public const int MaxRead = 65_536;

    private const int MaxBatch = 1000;

    // As of lockouts: what is left of a store that was restored and has counted on, and what it has lost.
    private static readonly TimeSpan FullEvery = TimeSpan.FromMinutes(1);

    private readonly LimitTable _limits;
    private readonly FleetQuotas _quotas;
    private readonly TimeProvider _time;
    private long _sequence;
    private long _epoch;
    private long _version;
    private string _month = "";
    private long? _lastFull;
    private long? _lastRead;
    private long? _lastClock;

    /// <param name="limits">The limits of users.</param>
    /// <param name="usage">What they have used here.</param>
    /// <param name="mayOverdraw">Whether users go on for a while when the store is away.</param>
    /// <param name="time">The clock.</param>
    public SharedQuotas(LimitTable limits, UsageLedger usage, bool mayOverdraw, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        _quotas = new FleetQuotas(usage, account => limits.OfUser(account).Quota, mayOverdraw, time);
    }

    public string Topic => Name;

    public TimeSpan Period => FleetTimes.Poll;

    public void Start(Action wake)
    {
        _quotas.Start(wake);
        _limits.Fleet = _quotas;
    }

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        if (!_quotas.IsUsed) return;
        try
        {
            // Not before it is kept: without it a crash would count everything twice.
            if (!_quotas.KeepsLedger()) return;
            bool isDue = IsBefore(_lastRead, Period);
            if (IsBefore(_lastClock, Period))
            {
                _quotas.Anchor(await store.Quotas.ReadClockAsync(cancellationToken).ConfigureAwait(false));
                _lastClock = _time.GetTimestamp();
            }
            bool isFull = IsBefore(_lastFull, FullEvery) || _month != _quotas.Month || _epoch != member.Epoch;
            (_month, _epoch) = (_quotas.Month, member.Epoch);
            if (isFull) _version = 0;
            await SettleAsync(store, member, _quotas.GetDemands(_month, isFull), cancellationToken).ConfigureAwait(false);
            if (isDue || isFull)
            {
                QuotaChanges changes = await store.Quotas.ReadAsync(WriterOf(member), _version, cancellationToken).ConfigureAwait(false);
                _quotas.Learn(_month, changes);
                _version = changes.Version;
                _lastRead = _time.GetTimestamp();
            }
            if (isFull) _lastFull = _time.GetTimestamp();
            _quotas.Answered(member.Nodes);
        }
        catch
        {
            // Whoever has used up what is reserved does not wait for the next answer.
            _quotas.Failed();
            throw;
        }
    }

    public Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken) =>
        _quotas.IsUsed && _epoch == member.Epoch ? SettleAsync(store, member, _quotas.GiveBack(_month), cancellationToken) : Task.CompletedTask;

    public void Dispose()
    {
        // A node that came after this one has its own.
        if (_limits.Fleet == _quotas) _limits.Fleet = null;
    }

    private bool IsBefore(long? last, TimeSpan period) => last is not { } at || _time.GetElapsedTime(at) >= period;

    private async Task SettleAsync(IFleetStore store, FleetMember member, IReadOnlyList<QuotaDemand> demands, CancellationToken cancellationToken)
    {
        foreach (QuotaDemand[] batch in demands.Chunk(MaxBatch))
        {
            QuotaWriter writer = WriterOf(member);
            IReadOnlyList<QuotaGrant> grants = await store.Quotas.SettleAsync(writer, batch, cancellationToken).ConfigureAwait(false);
            // One that was given up may go on behind its time-out.
            cancellationToken.ThrowIfCancellationRequested();
            _quotas.Take(writer.Month, batch, grants);
        }
    }

    private QuotaWriter WriterOf(FleetMember member) => new(member, _quotas.Ledger, _month, ++_sequence);
}
