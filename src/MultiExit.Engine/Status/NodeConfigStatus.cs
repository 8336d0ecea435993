namespace MultiExit.Engine.Status;

/// <summary>The configuration of a node of a fleet, as the node has said.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Version">The version of the fleet's configuration that it runs; 0: its own file alone.</param>
/// <param name="State">How it stands to what the fleet asks of it.</param>
/// <param name="Tried">The version that <paramref name="State"/> is about.</param>
/// <param name="Reason">Why it failed or has diverged; null: it has not.</param>
/// <param name="Held">How long it has run the version without a fault, by its own clock.</param>
/// <param name="Age">How long ago it said so, by the clock of the store.</param>
public sealed record NodeConfigStatus(
    string Node, int Version, NodeConfigState State, int Tried, string? Reason, TimeSpan Held, TimeSpan Age)
{
    /// <summary>The longest <see cref="Reason"/>, in characters.</summary>
    public const int MaxReason = 500;
}
