using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet.Quotas;

/// <summary>What the nodes of a fleet use of the quotas of users.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface IQuotaStore
{
    /// <summary>The store's clock.</summary>
    Task<DateTimeOffset> ReadClockAsync(CancellationToken cancellationToken);

    /// <summary>Counts what has passed, and reserves more where the quota has room: all nodes together never have more reserved than it.</summary>
    /// <returns>By account; none for what is behind something newer of this node, or when it is the node no more.</returns>
    Task<IReadOnlyList<QuotaGrant>> SettleAsync(QuotaWriter writer, IReadOnlyList<QuotaDemand> demands, CancellationToken cancellationToken);

    /// <summary>What the other nodes use, where it has changed since a version.</summary>
    /// <param name="reader">The node, whose own use is left out.</param>
    /// <param name="since">The version that was read last; 0: everything. It is also everything when the store is at an earlier version.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<QuotaChanges> ReadAsync(QuotaWriter reader, long since, CancellationToken cancellationToken);
}
