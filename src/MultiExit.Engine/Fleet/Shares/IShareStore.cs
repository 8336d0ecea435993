using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet.Shares;

/// <summary>The shares that nodes have of limits of users. All times are those of the store's clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface IShareStore
{
    /// <summary>What other nodes want of the limits of some users; at most <see cref="SharedLimits.MaxRead"/> rows.</summary>
    Task<IReadOnlyList<ShareRow>> ReadAsync(FleetMember member, IReadOnlyList<string> accounts, CancellationToken cancellationToken);

    /// <summary>Notes what a node wants, and grants it what other nodes have not: what is granted and has not run out is never more than the limit for
    /// all of them together, but for what is in use already.</summary>
    /// <param name="member">The node.</param>
    /// <param name="sequence">Counts up with each request of an epoch.</param>
    /// <param name="demands">What it wants; each limit of a user once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>None for what is behind something newer of this node, or when it is the node no more.</returns>
    Task<IReadOnlyList<ShareGrant>> SettleAsync(
        FleetMember member, long sequence, IReadOnlyList<ShareDemand> demands, CancellationToken cancellationToken);

    /// <summary>Gives back all that the node has.</summary>
    Task ReleaseAsync(FleetMember member, CancellationToken cancellationToken);

    /// <summary>Deletes what ran out long ago, whoever had it.</summary>
    Task CleanAsync(FleetMember member, CancellationToken cancellationToken);
}
