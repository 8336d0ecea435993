using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>What a user has of its limits on this server.</summary>
/// <param name="Account">The user.</param>
/// <param name="Limits">Its limits, for all nodes together.</param>
/// <param name="Sessions">Live sessions.</param>
/// <param name="Associations">The UDP associations among them.</param>
/// <param name="Bytes">What was moved under its bandwidth; null: it has none, or no session.</param>
internal sealed record UserUse(string Account, ScopeLimits Limits, int Sessions, int Associations, ScopeUse? Bytes);
