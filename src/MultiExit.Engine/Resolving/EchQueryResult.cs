namespace MultiExit.Engine.Resolving;

/// <summary>The HTTPS records of a name.</summary>
/// <param name="Status">How the look-up ended.</param>
/// <param name="Failure">Why there are none, a sentence; null with records.</param>
/// <param name="Expires">Until when this holds.</param>
/// <param name="Records">The records, the best priority first.</param>
public sealed record EchQueryResult(DnsStatus Status, string? Failure, DateTimeOffset Expires, IReadOnlyList<EchServiceRecord> Records);
