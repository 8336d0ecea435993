using System.Net;
using MultiExit.Engine.Fleet.Leases;
using MultiExit.Engine.States.Leases;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Leases in memory.</summary>
internal sealed class MemoryLeases(MemoryStore store) : ILeaseStore
{
    public Task<IReadOnlyList<LeaseRow>> RenewAsync(FleetMember member, IReadOnlyList<LeaseWish> wishes, CancellationToken cancellationToken) =>
        store.CallAsync<IReadOnlyList<LeaseRow>>(
            tables =>
            {
                if (tables.Nodes.GetValueOrDefault((member.Fleet, member.Node))?.Epoch == member.Epoch)
                    foreach (LeaseWish wish in wishes) Renew(tables, member, wish);
                return [.. from wish in wishes
                    let row = tables.Leases.GetValueOrDefault((member.Fleet, wish.Address))
                    where row is not null && row.Until > tables.Now
                    select new LeaseRow(wish.Address, row.Node, row.Epoch, row.Token, row.Until - tables.Now)];
            },
            cancellationToken);

    public Task ReleaseAsync(FleetMember member, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            foreach (IPAddress address in addresses)
                if (tables.Leases.TryGetValue((member.Fleet, address), out MemoryLease? row) && row.Node == member.Node && row.Epoch == member.Epoch)
                    tables.Leases[(member.Fleet, address)] = row with { Until = tables.Now };
            return tables.Change(member.Fleet, SharedLeases.Name);
        },
        cancellationToken);

    private static void Renew(MemoryTables tables, FleetMember member, LeaseWish wish)
    {
        MemoryLease? row = tables.Leases.GetValueOrDefault((member.Fleet, wish.Address));
        bool isMine = row?.Node == member.Node && row.Epoch == member.Epoch;
        bool isHanded = row?.Node == member.Node && row.Token == wish.Token;
        if (row is not null && !isMine && !isHanded && row.Until > tables.Now) return;
        tables.Leases[(member.Fleet, wish.Address)] = new MemoryLease(
            member.Node, member.Epoch, row is null ? 1 : isMine ? row.Token : row.Token + 1, tables.Now + LeaseTimes.TimeToLive);
    }
}
