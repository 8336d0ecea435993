namespace MultiExit.Engine.Status;

/// <summary>The carriers of a tunnel or ech-tunnel exit at a moment.</summary>
/// <param name="Count">Those that live.</param>
/// <param name="LostSince">Since when there is none that takes sessions; null while there is one, and before the first was asked for.</param>
/// <param name="LastError">Why the last one ended or could not be opened, in words; null when none has.</param>
public sealed record ExitCarriers(int Count, DateTimeOffset? LostSince, string? LastError);
