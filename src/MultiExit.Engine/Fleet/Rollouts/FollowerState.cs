namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>Which version of the fleet's configuration a server runs.</summary>
internal sealed record FollowerState
{
    /// <summary>The version that stays; null: the server's own file alone.</summary>
    public FleetText? Confirmed { get; init; }

    /// <summary>The version that goes back unless it is confirmed; null: none.</summary>
    public FleetText? Trial { get; init; }

    /// <summary>The version that the server went back from by itself; 0: none.</summary>
    public int GaveUp { get; init; }

    /// <summary>Why it went back.</summary>
    public string? GaveUpReason { get; init; }

    /// <summary>What was changed on this server alone; null: nothing.</summary>
    public string? Diverged { get; init; }

    /// <summary>The version in force; 0: the server's own file alone.</summary>
    public int Version => (Trial ?? Confirmed)?.Number ?? 0;
}
