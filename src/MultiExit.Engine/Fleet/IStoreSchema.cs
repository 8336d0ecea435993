using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Fleet;

/// <summary>The tables of a store. Their versions are numbers that count up, and there is no way back.</summary>
internal interface IStoreSchema
{
    /// <summary>The version that this program needs.</summary>
    int Needed { get; }

    /// <summary>The version that the store has; 0: it has no tables.</summary>
    /// <exception cref="ProxyException">The store does not answer.</exception>
    Task<int> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Looks at the store as a node would meet it; nothing is changed.</summary>
    /// <exception cref="ProxyException">The store does not answer.</exception>
    Task<StoreHealth> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Makes the tables, or brings them to <see cref="Needed"/>; one process at a time does so, and does all or nothing.</summary>
    /// <returns>The version that the store had before.</returns>
    /// <exception cref="ProxyException">The store does not answer, refuses it, or has tables of a newer version.</exception>
    Task<int> UpdateAsync(CancellationToken cancellationToken);
}
