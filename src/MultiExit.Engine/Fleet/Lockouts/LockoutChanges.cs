namespace MultiExit.Engine.Fleet.Lockouts;

/// <summary>What has changed.</summary>
/// <param name="Version">The version that was read up to.</param>
/// <param name="Lockouts">What was written.</param>
internal sealed record LockoutChanges(long Version, IReadOnlyList<SharedLockout> Lockouts);
