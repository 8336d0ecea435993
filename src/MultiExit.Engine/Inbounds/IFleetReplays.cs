namespace MultiExit.Engine.Inbounds;

/// <summary>Knows which handshakes the other nodes of a fleet have answered. Thread-safe.</summary>
internal interface IFleetReplays
{
    /// <summary>Says that this node, which has not seen a handshake before, is about to answer it.</summary>
    /// <returns>False when another node has answered it. True also where that is not known: nobody waits for the store any longer than
    /// docs/fleet.md says.</returns>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    ValueTask<bool> TryAddAsync(ReplayMark mark, CancellationToken cancellationToken);
}
