namespace MultiExit.Engine.Sessions.Limits;

/// <summary>What was moved under a bandwidth.</summary>
/// <param name="Up">What counts the bytes to targets; a new one begins at nothing.</param>
/// <param name="ChargedUp">The bytes to targets.</param>
/// <param name="HeldUp">Whether somebody was held back since the last look.</param>
/// <param name="Down">What counts the bytes to clients.</param>
/// <param name="ChargedDown">The bytes to clients.</param>
/// <param name="HeldDown">Whether somebody was held back since the last look.</param>
internal sealed record ScopeUse(Pacer Up, long ChargedUp, bool HeldUp, Pacer Down, long ChargedDown, bool HeldDown);
