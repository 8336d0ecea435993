using System.Net;
using MultiExit.Engine.States.Leases;

namespace MultiExit.Engine.Fleet.Leases;

/// <summary>Gets, renews and gives back the leases of this node.</summary>
/// <param name="leases">The leases.</param>
/// <param name="realm">What they are of.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedLeases(ExitLeases leases, string? realm, TimeProvider time) : IFleetWork
{
    /// <summary>The topic.</summary>
    public const string Name = "leases";

    // A run that is due a bit too early would be one for nothing.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<IPAddress> _held = []; // in the store; of a run alone, as the next one
    private Action _wake = static () => { };
    private volatile bool _hasLeft;

    public string Topic => Name;

    /// <summary>Sooner when the time of another holder runs out before.</summary>
    public TimeSpan Period { get; private set; } = LeaseTimes.Renewal;

    public void Start(Action wake) => leases.Wake = _wake = wake;

    public async Task RunAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        Period = LeaseTimes.Renewal;
        if (leases.Realm != realm) return;
        IReadOnlyList<ExitLease> needed = leases.Choose();
        await ReleaseAsync(store, member, [.. _held.Except(needed.Select(lease => lease.Address))], cancellationToken).ConfigureAwait(false);
        if (needed.Count == 0) return;
        // The time of a lease counts from before the request, which the store cannot have answered earlier.
        long asked = time.GetTimestamp();
        IReadOnlyList<LeaseRow> rows;
        try
        {
            rows = await store.Leases.RenewAsync(
                member, [.. needed.Select(lease => new LeaseWish(lease.Address, lease.Current?.Holder.Token ?? 0))], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Sooner than what may wait.
            _wake();
            throw;
        }
        Dictionary<IPAddress, LeaseRow> found = [];
        foreach (LeaseRow row in rows) found[row.Address] = row;
        foreach (ExitLease lease in needed)
            if (found.TryGetValue(lease.Address, out LeaseRow? row)) Apply(lease, row, member, asked);
    }

    public Task LeaveAsync(IFleetStore store, FleetMember member, CancellationToken cancellationToken)
    {
        _hasLeft = true;
        // The one that goes on with them is another process, or the next node of this one.
        return leases.IsHandedOver || leases.Realm == realm ? Task.CompletedTask : ReleaseAsync(store, member, [.. _held], cancellationToken);
    }

    public void Dispose() => _hasLeft = true;

    private void Apply(ExitLease lease, LeaseRow row, FleetMember member, long asked)
    {
        LeaseHolder holder = new(row.Node, row.Epoch, row.Token);
        TimeSpan left = row.Left < LeaseTimes.TimeToLive ? row.Left : LeaseTimes.TimeToLive;
        if (row.Node == member.Node && row.Epoch == member.Epoch)
        {
            _held.Add(lease.Address);
            // An answer that comes when nobody waits for it any more.
            if (!_hasLeft) lease.Take(holder, asked + (long)((left - LeaseTimes.Skew).TotalSeconds * time.TimestampFrequency));
            return;
        }
        _held.Remove(lease.Address);
        lease.Lose(holder);
        TimeSpan wait = left + Margin;
        if (wait < Period) Period = wait;
    }

    private async Task ReleaseAsync(IFleetStore store, FleetMember member, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        if (addresses.Count == 0) return;
        if (!leases.HasPredecessor) await store.Leases.ReleaseAsync(member, addresses, cancellationToken).ConfigureAwait(false);
        _held.ExceptWith(addresses);
    }
}
