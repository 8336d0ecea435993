using System.Net;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet.Leases;

/// <summary>Which node may use an address. How long is counted by the store's clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface ILeaseStore
{
    /// <summary>Takes and renews what no other node has. A server that is no longer the node of its name gets nothing.</summary>
    /// <returns>Who has each of them now; those that nobody has are not among them.</returns>
    Task<IReadOnlyList<LeaseRow>> RenewAsync(FleetMember member, IReadOnlyList<LeaseWish> wishes, CancellationToken cancellationToken);

    /// <summary>Gives back what this server has, and tells the other nodes.</summary>
    Task ReleaseAsync(FleetMember member, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken);
}
