namespace MultiExit.Engine.Status;

/// <summary>What a candidate configuration would have done with sessions.</summary>
public sealed record ReplayReport
{
    /// <summary>Which sessions were replayed.</summary>
    public ReplaySource Against { get; init; }

    /// <summary>From when; null: all that are kept, or live ones.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many were replayed.</summary>
    public long Sessions { get; init; }

    /// <summary>Of these, how many would be treated as they were.</summary>
    public long Same { get; init; }

    /// <summary>How many would take another exit or group.</summary>
    public long Different { get; init; }

    /// <summary>How many would be refused and were not.</summary>
    public long Refused { get; init; }

    /// <summary>How many were refused by a rule and would not be.</summary>
    public long Admitted { get; init; }

    /// <summary>Of how many it cannot be said: a rule asks for addresses of a name that were not recorded, or a rule set was never had.</summary>
    public long Undecided { get; init; }

    /// <summary>Whether there were more sessions than are replayed, and the oldest were left out.</summary>
    public bool IsCut { get; init; }

    /// <summary>What would change, the most frequent first; at most 100.</summary>
    public IReadOnlyList<ReplayChange> Changes { get; init; } = [];
}
