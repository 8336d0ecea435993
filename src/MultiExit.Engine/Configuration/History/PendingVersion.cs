namespace MultiExit.Engine.Configuration.History;

/// <summary>A version that is rolled back unless it is confirmed.</summary>
/// <param name="Number">The version in force.</param>
/// <param name="Previous">The version that replaces it then.</param>
/// <param name="Until">When it is rolled back. A server that starts rolls it back at once.</param>
public sealed record PendingVersion(int Number, int Previous, DateTimeOffset Until);
