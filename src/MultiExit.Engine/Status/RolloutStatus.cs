namespace MultiExit.Engine.Status;

/// <summary>The newest version of a fleet's configuration, and how far it is.</summary>
/// <param name="Fleet">The name of the fleet.</param>
/// <param name="Version">The version.</param>
/// <param name="Base">The version that nodes go back to; 0: each node's own file.</param>
/// <param name="State">How far it is.</param>
/// <param name="Left">How long until nodes go back from it, by the clock of the store; negative: that is over. Without meaning once it stays or is rolled
/// back.</param>
/// <param name="Sha256">SHA-256 of its text, hexadecimal.</param>
public sealed record RolloutStatus(string Fleet, int Version, int Base, RolloutState State, TimeSpan Left, string Sha256)
{
    /// <summary>The nodes that get it first.</summary>
    public IReadOnlyList<string> Canaries { get; init; } = [];

    /// <summary>How long a node has to run it well before it counts as good.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>Whether somebody has to confirm it; otherwise it stays once all nodes have run it well.</summary>
    public bool NeedsConfirmation { get; init; }

    /// <summary>How long ago it got into its state, by the clock of the store.</summary>
    public TimeSpan Since { get; init; }

    /// <summary>Who published it.</summary>
    public string Who { get; init; } = "";

    /// <summary>What it is for; null: nothing was said.</summary>
    public string? Message { get; init; }

    /// <summary>When it was published, by the clock of the store.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>A destination that each node has to reach through it; null: none.</summary>
    public string? Probe { get; init; }

    /// <summary>Why it was rolled back; null: it was not.</summary>
    public string? Reason { get; init; }

    /// <summary>The nodes by their names, as they last said.</summary>
    public IReadOnlyList<NodeConfigStatus> Nodes { get; init; } = [];

    /// <summary>Whether it may still go back by itself.</summary>
    internal bool IsRunning => State is RolloutState.Canary or RolloutState.Everywhere;
}
