namespace MultiExit.Engine.Fleet.Pins;

/// <summary>What has changed.</summary>
/// <param name="Version">The version that was read up to.</param>
/// <param name="Pins">What was written.</param>
internal sealed record PinChanges(long Version, IReadOnlyList<SharedPin> Pins);
