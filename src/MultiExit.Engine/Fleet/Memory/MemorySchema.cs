namespace MultiExit.Engine.Fleet.Memory;

/// <summary>The version of a store in memory, which is made with it.</summary>
internal sealed class MemorySchema(MemoryStore store) : IStoreSchema
{
    /// <summary>The version of this program.</summary>
    public const int Current = 1;

    public int Needed => Current;

    public Task<int> ReadAsync(CancellationToken cancellationToken) => store.CallAsync(tables => tables.Version, cancellationToken);

    public Task<int> UpdateAsync(CancellationToken cancellationToken) => store.CallAsync(tables => tables.Version, cancellationToken);
}
