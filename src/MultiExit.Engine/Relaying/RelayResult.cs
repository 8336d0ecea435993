namespace MultiExit.Engine.Relaying;

/// <summary>How a relay ended.</summary>
/// <param name="Failure">The failure that ended it; null when both directions ended in order.</param>
/// <param name="FailedSide">Which connection failed; meaningless without a failure.</param>
internal readonly record struct RelayResult(Exception? Failure, RelaySide FailedSide);
