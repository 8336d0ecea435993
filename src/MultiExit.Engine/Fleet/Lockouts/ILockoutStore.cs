using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet.Lockouts;

/// <summary>The clients that are locked out on all nodes of a fleet. How long it lasts is counted by the store's clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface ILockoutStore
{
    /// <summary>Writes lockouts; the newest word about a client holds.</summary>
    Task WriteAsync(FleetMember member, IReadOnlyList<SharedLockout> lockouts, CancellationToken cancellationToken);

    /// <summary>What was written since a version.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="since">The version that was read last; null: everything that holds. It is also that when the store is at an earlier version,
    /// since it was restored then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<LockoutChanges> ReadAsync(string fleet, long? since, CancellationToken cancellationToken);
}
