namespace MultiExit.Engine.Fleet.Records;

/// <summary>The keys that a store has room for.</summary>
/// <param name="From">The least one.</param>
/// <param name="Before">The one behind the greatest.</param>
internal readonly record struct RecordRoom(long From, long Before)
{
    /// <summary>Whether a key is among them.</summary>
    public bool Has(long key) => key >= From && key < Before;
}
