using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>The limits that stand at a user.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Place">Where they stand.</param>
/// <param name="Limits">The limits.</param>
internal sealed record UserLimits(string User, SourcePlace Place, ScopeLimits Limits);
