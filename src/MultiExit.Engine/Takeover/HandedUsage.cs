namespace MultiExit.Engine.Takeover;

/// <summary>What users and exits have used of a month.</summary>
internal sealed record HandedUsage(string Month, IReadOnlyDictionary<string, long> Users, IReadOnlyDictionary<string, long> Exits)
{
    /// <summary>Tells this count from others of the node.</summary>
    public Guid? Ledger { get; init; }

    /// <summary>Up to how many bytes users may come without an answer of the fleet.</summary>
    public IReadOnlyDictionary<string, long>? Ceilings { get; init; }
}
