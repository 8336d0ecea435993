using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet.Pins;

/// <summary>Which exits clients of sticky groups are bound to. Times are counted by the store's clock.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface IPinStore
{
    /// <summary>Writes what clients are bound to; of two words about a client the one of its newer connection holds, whoever comes first.</summary>
    Task WriteAsync(FleetMember member, IReadOnlyList<SharedPin> pins, CancellationToken cancellationToken);

    /// <summary>What was written since a version, the newest <see cref="SharedPins.MaxRead"/> of it.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="since">The version that was read last; 0: everything that holds. It is also everything when the store is at an earlier version,
    /// since it was restored then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<PinChanges> ReadAsync(string fleet, long since, CancellationToken cancellationToken);
}
