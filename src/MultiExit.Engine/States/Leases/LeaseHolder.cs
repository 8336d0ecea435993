namespace MultiExit.Engine.States.Leases;

/// <summary>Who has a lease.</summary>
/// <param name="Node">The node.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Token">Counts up with each new holder.</param>
internal sealed record LeaseHolder(string Node, long Epoch, long Token);
