namespace MultiExit.Engine.Status;

/// <summary>A node of a fleet, as the store last said.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it is alive.</param>
/// <param name="Epoch">How many servers have been this node so far: each that takes the name over has a higher number.</param>
/// <param name="Joined">When the server of this epoch joined, by the clock of the store.</param>
/// <param name="Silence">How long ago it had written last when the store was read, by the clock of the store.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="Labels">The labels of its configuration.</param>
public sealed record NodeStatus(
    string Name, NodeState State, long Epoch, DateTimeOffset Joined, TimeSpan Silence, string Version, IReadOnlyList<string> Labels);
