namespace MultiExit.Engine.Probing;

/// <summary>One step of a test.</summary>
/// <param name="Stage">What was done.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Succeeded">Whether it worked. A failed attempt may be followed by another one: at the next address, or a retry.</param>
/// <param name="Detail">What was found or connected to, or what is wrong; null when there is nothing to say.</param>
public sealed record TunnelTestStep(TunnelTestStage Stage, TimeSpan Duration, bool Succeeded, string? Detail);
