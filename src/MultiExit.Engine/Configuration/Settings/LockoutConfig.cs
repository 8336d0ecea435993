namespace MultiExit.Engine.Configuration.Settings;

/// <summary>When a client that gets its credentials wrong is no longer listened to.</summary>
/// <param name="Failures">The failed logins that lock a client out.</param>
/// <param name="Within">The time they have to fall into.</param>
/// <param name="Lasts">How long it is locked out.</param>
public sealed record LockoutConfig(int Failures, TimeSpan Within, TimeSpan Lasts);
