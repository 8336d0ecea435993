namespace MultiExit.Engine.Configuration.History;

/// <summary>What a start has to know of the fleet's configuration, with its text: the store may be away then.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Number">The version that stays; 0: none.</param>
/// <param name="Sha256">SHA-256 of its text.</param>
/// <param name="Text">Its text.</param>
internal sealed record FollowedVersion(string Fleet, int Number, string Sha256, string Text)
{
    /// <summary>The version that goes back unless it is confirmed, with its hash and text; 0: none.</summary>
    public int Trial { get; init; }

    /// <summary>SHA-256 of its text.</summary>
    public string TrialSha256 { get; init; } = "";

    /// <summary>Its text.</summary>
    public string TrialText { get; init; } = "";

    /// <summary>The version that the server went back from by itself; 0: none.</summary>
    public int GaveUp { get; init; }

    /// <summary>Why it went back.</summary>
    public string? GaveUpReason { get; init; }

    /// <summary>What was changed on this server alone; null: nothing.</summary>
    public string? Diverged { get; init; }

    // The texts are long.
    /// <inheritdoc/>
    public override string ToString() => $"version {Number} of {Fleet}";
}
