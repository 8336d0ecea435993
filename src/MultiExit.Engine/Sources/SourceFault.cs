namespace MultiExit.Engine.Sources;

/// <summary>Why a set cannot be had.</summary>
/// <param name="Since">When that began.</param>
/// <param name="Reason">Why, as the end of a sentence.</param>
internal sealed record SourceFault(DateTimeOffset Since, string Reason);
