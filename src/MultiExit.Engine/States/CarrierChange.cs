namespace MultiExit.Engine.States;

/// <summary>An exit has lost its carriers, or has them again.</summary>
/// <param name="Lost">Why it has none and cannot open one, in words; null: it has them again.</param>
/// <param name="Away">How long it had none.</param>
internal readonly record struct CarrierChange(string? Lost, TimeSpan Away);
