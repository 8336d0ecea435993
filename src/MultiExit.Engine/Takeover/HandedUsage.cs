namespace MultiExit.Engine.Takeover;

/// <summary>What users and exits have used of a month.</summary>
internal sealed record HandedUsage(string Month, IReadOnlyDictionary<string, long> Users, IReadOnlyDictionary<string, long> Exits);
